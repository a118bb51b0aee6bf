import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { opened } from '../../support/cleanup.ts'
import { untilActive } from '../../support/gateway.ts'
import { askHttp2, connectHttp2, dialHttp2, frameTypes, get, packFields } from '../../support/http2.ts'
import { startHttpServer } from '../../support/servers.ts'
import { dialTls, pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const gatewayWith = (http2: string) =>
  `listen: { port: 0, tls: { cert: ./a.crt, key: ./a.key }, ${http2} }\ndefaults: { timeout: 30s }\n`
const page = 'match: GET /page\nresponse: { body: { is: here } }\n'
const pair = pairFiles('a', issue())
const enhanceYourCalm = 0xb

const start = (http2 = 'http2: true', more = {}) =>
  startWith({ gateway: gatewayWith(http2), 'routes/page': page, ...more }, pair)

async function reached(port: number): Promise<number> {
  const answer = await askHttp2(await connectHttp2(port), { ':path': '/page' })
  return answer.status
}

describe('a connection ends, and others go on', () => {
  test('when it gives up more requests than may be', async () => {
    const { port } = await start('http2: { resets: 10/10s }')
    const raw = await dialHttp2(port)
    for (let at = 0; at < 40; at++) {
      raw.request(2 * at + 1, get('/page'), 4)
      raw.send(frameTypes.reset, 0, 2 * at + 1, Buffer.of(0, 0, 0, 8))
    }
    expect([enhanceYourCalm, undefined]).toContain(await raw.ended())
    expect(await reached(port)).toBe(200)
  })

  test('when what it sends makes us give them up', async () => {
    const { port } = await start('http2: { resets: 10/10s }')
    const raw = await dialHttp2(port)
    for (let at = 0; at < 40; at++) {
      raw.request(2 * at + 1, get('/page'), 4)
      // More of a window than there can be (CVE-2025-8671).
      raw.send(frameTypes.windowUpdate, 0, 2 * at + 1, Buffer.of(0x7f, 0xff, 0xff, 0xff))
    }
    // Node takes that for a fault of the connection, and says nothing.
    await raw.ended()
    expect(await reached(port)).toBe(200)
  })

  test.each([
    ['PING', frameTypes.ping, Buffer.alloc(8)],
    ['SETTINGS', frameTypes.settings, Buffer.alloc(0)],
  ])('when it sends too many frames of %s', async (_name, type, payload) => {
    const { port } = await start()
    const raw = await dialHttp2(port)
    for (let at = 0; at < 1000; at++) raw.send(type, 0, 0, payload)
    // What is still on its way to us may take the GOAWAY along.
    expect([enhanceYourCalm, undefined]).toContain(await raw.ended())
    expect(await reached(port)).toBe(200)
  })

  test('when a head never ends', async () => {
    const { port } = await start()
    const raw = await dialHttp2(port)
    raw.send(frameTypes.headers, 1, 1, packFields(get('/page')))
    for (let at = 0; at < 100; at++)
      raw.send(frameTypes.continuation, 0, 1, packFields([[`x-${at}`, 'x'.repeat(1000)]]))
    await raw.ended()
    expect(await reached(port)).toBe(200)
  })

  test('when it begins more at once than may be, those are refused', async () => {
    const backend = await opened(startHttpServer(() => {}))
    const running = await start('http2: { streams: 3 }', {
      'services/slow': `service: slow\nendpoints: [${backend.url}]\n`,
      'routes/slow': 'match: GET /slow\nproxy: slow\n',
    })
    const raw = await dialHttp2(running.port)
    await until(() => raw.find(frameTypes.settings).length > 0)
    for (let at = 0; at < 6; at++) raw.request(2 * at + 1, get('/slow'))
    await until(() => raw.find(frameTypes.reset).length === 3 || raw.socket.closed)
    await untilActive(running, raw.socket.closed ? 0 : 3)
  })

  test('when it sends no request in time, and when it has none for too long', async () => {
    const { port } = await start('http2: true, headersTimeout: 100ms, keepAliveTimeout: 100ms')
    const silent = await dialTls(port, { ALPNProtocols: ['h2'] })
    silent.resume()
    if (!silent.closed) await once(silent, 'close')
    const idle = await dialHttp2(port)
    idle.request(1, get('/page'))
    expect(await idle.ended()).toBe(0)
  })
})

test('a request that is given up leaves its place when its call has been cut', async () => {
  const backend = await opened(startHttpServer(() => {}))
  const running = await start('http2: true', {
    'services/slow': `service: slow\nendpoints: [${backend.url}]\n`,
    'routes/slow': 'match: GET /slow\nbulkhead: { concurrent: 1, queue: 1 }\nproxy: slow\n',
  })
  const session = await connectHttp2(running.port)
  for (const count of [1, 2, 3]) {
    const stream = session.request({ ':path': '/slow', ':authority': 'a' })
    stream.on('error', () => {})
    await backend.connected(count)
    await untilActive(running, 1)
    stream.close(8)
    await backend.disconnected(count)
  }
  await untilActive(running, 0)
})

test('a gateway that ends asks for no more requests, and answers those it has', async () => {
  let answer: (() => void) | undefined
  const backend = await opened(
    startHttpServer((_message, response) => {
      answer = () => response.end('well')
    }),
  )
  const { port, gateway } = await start('http2: true', {
    'services/slow': `service: slow\nendpoints: [${backend.url}]\n`,
    'routes/slow': 'match: GET /slow\nproxy: slow\n',
  })
  const session = await connectHttp2(port)
  const goaway = once(session, 'goaway')
  const answered = askHttp2(session, { ':path': '/slow' })
  const release = await until(() => answer)
  const closed = gateway.close()
  expect((await goaway)[0]).toBe(0)
  release()
  expect(await answered).toMatchObject({ status: 200, body: 'well', reset: 0 })
  await closed
})
