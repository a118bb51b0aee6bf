import type { IncomingMessage } from 'node:http'
import { expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { freePort, startHttpServer } from '../support/servers.ts'
import { wordRoute, wordService } from '../support/words.ts'

const own = /^tessera-[0-9a-f]{12}$/

/** A backend that keeps what it was asked. */
async function listening() {
  const heads: IncomingMessage['headers'][] = []
  const backend = await opened(
    startHttpServer((message, response) => {
      heads.push(message.headers)
      response.setHeader('content-type', 'application/json').end('{"word":"well"}')
    }),
  )
  return { backend, heads }
}

const files = (url: string) => ({
  'services/words': wordService(url),
  'routes/word': wordRoute,
  'routes/through': 'match: GET /through/*rest\nproxy: words\n',
})

test.each([
  ['an aggregated route', '/word'],
  ['`proxy:`', '/through/word'],
])('a service that is the gateway itself is found out by %s', async (_what, path) => {
  const port = await freePort()
  const running = await startGateway(
    {
      ...files(`http://127.0.0.1:${port}`),
      'routes/self': 'match: GET /through/through/*rest\nproxy: words\n',
    },
    { port },
  )
  await sendRaw(port, request(`GET ${path} HTTP/1.1`))
  // The request, and the one that it made.
  expect(running.entries.map(({ error }) => error)).toContain('loop-detected')
  expect(running.entries.length).toBeLessThanOrEqual(2)
  expect(running.entries.find(({ error }) => error === 'loop-detected')!.status).toBe(508)
})

test('a loop that leads by the tools, the description or to nowhere is one', async () => {
  const { backend, heads } = await listening()
  const { port } = await startGateway({
    gateway: 'mcp: true\nopenapi: true\n',
    ...files(backend.url),
    'routes/tool': 'match: GET /tool\ntool: { description: A word. }\nresponse: { body: { word: 1 } }\n',
  })
  await sendRaw(port, request('GET /word HTTP/1.1'))
  const loop = `CDN-Loop: ${heads[0]!['cdn-loop']}`
  for (const line of ['POST /mcp', 'GET /openapi.json', 'GET /nowhere'])
    expect((await sendRaw(port, request(`${line} HTTP/1.1`, loop))).status).toBe(508)
})

test('calls say where the request has been, and nothing else that a client said of it', async () => {
  const { backend, heads } = await listening()
  const { port } = await startGateway(files(backend.url))
  const other = 'tessera-0123456789ab'
  await sendRaw(port, request('GET /word HTTP/1.1', `CDN-Loop: secret.example, ${other}`, 'Via: 1.1 secret'))
  const [first, last, ...more] = heads[0]!['cdn-loop']!.toString().split(', ')
  expect([first, more]).toEqual([other, []])
  expect(last).toMatch(own)
  expect(heads[0]!.via).toBeUndefined()
})

test('what is passed on keeps who it came by, and names the gateway', async () => {
  const { backend, heads } = await listening()
  const { port } = await startGateway(files(backend.url))
  await sendRaw(port, request('GET /through/word HTTP/1.1', 'CDN-Loop: cdn.example; v=1', 'Via: 1.0 edge'))
  expect(heads[0]!['cdn-loop']).toMatch(/^cdn\.example; v=1, tessera-[0-9a-f]{12}$/)
  expect(heads[0]!.via).toMatch(/^1\.0 edge, 1\.1 tessera-[0-9a-f]{12}$/)
})

test('two gateways in a row are no loop, and a loop of two is one', async () => {
  const { backend } = await listening()
  const inner = await startGateway(files(backend.url))
  const outer = await startGateway(files(`http://127.0.0.1:${inner.port}`))
  expect((await sendRaw(outer.port, request('GET /word HTTP/1.1'))).status).toBe(200)

  const [one, other] = [await freePort(), await freePort()]
  const first = await startGateway(files(`http://127.0.0.1:${other}`), { port: one })
  const second = await startGateway(files(`http://127.0.0.1:${one}`), { port: other })
  await sendRaw(one, request('GET /word HTTP/1.1'))
  expect(first.entries.length + second.entries.length).toBeLessThanOrEqual(3)
})
