import { describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/clock.ts'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { upgradeRequest } from '../support/websocket.ts'
import { wordRoute, wordService } from '../support/words.ts'

const proxied = { 'routes/all': 'match: ANY /shop/*rest\nproxy: words\n' }

async function startBackend() {
  return opened(
    startHttpServer((incoming, response) => {
      incoming.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"word":"hi"}'))
    }),
  )
}

async function countFaults(adminPort: number, place: string): Promise<number> {
  const { body } = await sendRaw(adminPort, request('GET /metrics HTTP/1.1').replace('gateway.test', '127.0.0.1'))
  return Number(new RegExp(`^tessera_exchange_faults_total\\{place="${place}"\\} (\\d+)$`, 'm').exec(body)?.[1])
}

describe('a fault of ours', () => {
  test.each([
    ['an aggregated route', '/word'],
    ['a passthrough', '/shop/word'],
    ['no route', '/nowhere'],
  ])(
    'when an answer of %s has ended is logged with a stack and counted, and the gateway serves on',
    async (_, path) => {
      const backend = await startBackend()
      let isBroken = true
      const onRequest = () => {
        // Not the probe of the overload, which is no request's.
        if (isBroken && !new Error().stack!.includes('overload.ts')) throw new Error('nobody foresaw this')
      }
      const files = { 'services/words': wordService(backend.url), 'routes/word': wordRoute, ...proxied }
      const { port, adminPort, lines } = await startGateway(files, { onRequest })
      expect(await countFaults(adminPort, 'response')).toBe(0)
      await sendRaw(port, request(`GET ${path} HTTP/1.1`))
      const told = () => lines.map((line) => JSON.parse(line)).filter(({ place }) => place === 'response')
      await until(() => told().length === 1)
      expect(told()[0].err.stack).toMatch(/nobody foresaw this\n +at .*faults\.test/)
      expect(await countFaults(adminPort, 'response')).toBe(1)
      isBroken = false
      expect((await sendRaw(port, request('GET /word HTTP/1.1'))).status).toBe(200)
      const ready = await sendRaw(adminPort, request('GET /readyz HTTP/1.1').replace('gateway.test', '127.0.0.1'))
      expect(ready.status).toBe(200)
    },
  )

  test.each([
    ['a request', request('GET /word HTTP/1.1')],
    ['a request that is passed on', request('GET /shop/word HTTP/1.1')],
    ['an upgrade', upgradeRequest('/shop/ws')],
    ['an upload', `${request('POST /shop/word HTTP/1.1', 'Content-Length: 5')}hello`],
  ])('while %s begins ends that connection and no other', async (_, text) => {
    const backend = await startBackend()
    let isBroken = false
    const clock = {
      ...systemClock,
      now() {
        // Not the probe of the overload, which is no request's.
        if (isBroken && !new Error().stack!.includes('overload.ts')) throw new Error('the clock stands still')
        return systemClock.now()
      },
    }
    const files = { 'services/words': wordService(backend.url), 'routes/word': wordRoute, ...proxied }
    const { port, lines } = await startGateway(files, { clock })
    // So that Express and the proxy are there.
    await sendRaw(port, request('GET /shop/word HTTP/1.1'))
    isBroken = true
    expect((await sendRaw(port, text)).text).toBe('')
    isBroken = false
    expect(lines.some((line) => line.includes('the clock stands still'))).toBe(true)
    expect((await sendRaw(port, request('GET /word HTTP/1.1'))).status).toBe(200)
    expect((await sendRaw(port, request('GET /shop/word HTTP/1.1'))).status).toBe(200)
  })
})
