import { describe, expect, test } from '@jest/globals'
import { bodyTimeoutOf } from '../../src/server/http/connection.ts'
import { bind, closeNow, createListener, defaultLimits } from '../../src/server/http/listener.ts'
import { afterTest } from '../support/cleanup.ts'
import { type Running, startGateway } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'

const page = 'match: GET /page\nresponse: { body: { is: here } }\n'

describe('several listeners', () => {
  const gateway = `listen:
  - { name: public, port: 0, maxHeaderSize: 2KB }
  - { name: inside, host: 127.0.0.1, port: 0, health: /healthz }
`

  test('answer alike, each within its bounds', async () => {
    const running = await startGateway({ gateway, 'routes/page': page })
    const bound = portsOf(running)
    for (const port of bound)
      expect((await sendRaw(port, request('GET /page HTTP/1.1'))).json()).toEqual({ is: 'here' })
    const long = request('GET /page HTTP/1.1', `X-Long: ${'x'.repeat(3000)}`)
    expect(await Promise.all(bound.map(async (port) => (await sendRaw(port, long)).status))).toEqual([431, 200])
  })

  test('and one says where it is asked whether requests are taken', async () => {
    const running = await startGateway({ gateway, 'routes/page': page })
    const [open, inside] = portsOf(running)
    const ask = (port: number, line: string) => sendRaw(port, request(line))
    expect(await ask(inside, 'GET /healthz HTTP/1.1')).toMatchObject({ status: 200, body: 'ready\n' })
    expect(await ask(inside, 'HEAD /healthz HTTP/1.1')).toMatchObject({ status: 200, body: '' })
    expect((await ask(inside, 'POST /healthz HTTP/1.1')).status).toBe(404)
    expect((await ask(open, 'GET /healthz HTTP/1.1')).status).toBe(404)
    // Who asks is no request of a client.
    expect(running.entries.map(({ status }) => status)).toEqual([404, 404])
  })
})

test('while it drains the gateway still accepts for as long as `accept` says, and says that it is not ready', async () => {
  const { port, gateway } = await startGateway({
    gateway: 'listen: { port: 0, health: /healthz }\ndrain: { accept: 1s }\n',
    'routes/page': page,
  })
  const closed = gateway.close()
  const health = await sendRaw(port, request('GET /healthz HTTP/1.1'))
  expect([health.status, health.body]).toEqual([503, 'not ready\n'])
  const socket = await dial(port)
  const all = readAll(socket)
  socket.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n')
  const answer = parseAnswer(await all)
  expect([answer.status, answer.header('connection')]).toEqual([200, 'close'])
  await closed
  await expect(fetch(`http://127.0.0.1:${port}/page`)).rejects.toThrow()
})

test('a route that a listener’s `health` would answer is refused at load', async () => {
  const files = { 'routes/page': page, 'routes/put': 'match: PUT /page\nresponse: { body: 1 }\n' }
  const health = (path: string) => startGateway({ gateway: `listen: { port: 0, health: ${path} }`, ...files })
  await expect(health('/page')).rejects.toMatchObject({
    diagnostics: [
      { code: 'duplicate-route', message: 'GET /page is answered by `health` of the listener public already' },
    ],
  })
  await health('/pages')
})

test('requests know how long their bodies may take', async () => {
  const handlers = { takesUpgrade: () => false, onUpgrade: () => {} }
  const ask = async (bodyTimeoutMs: number) => {
    const onRequest = (message: Parameters<typeof bodyTimeoutOf>[0], response: { end(text: string): void }) =>
      response.end(String(bodyTimeoutOf(message)))
    const server = createListener({ ...handlers, onRequest }, { ...defaultLimits, bodyTimeoutMs })
    afterTest(() => closeNow(server))
    const port = await bind(server, { host: '127.0.0.1', port: 0 })
    return (await sendRaw(port, request('GET / HTTP/1.1'))).body
  }
  expect([await ask(1234), await ask(99)]).toEqual(['1234', '99'])
})

function portsOf({ listeners }: Running) {
  return listeners.map(({ port }) => port) as [number, number]
}
