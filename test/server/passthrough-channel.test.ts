import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { dial, request, sendRaw } from '../support/raw.ts'
import { answer, startRawBackend } from '../support/raw-backend.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

interface Setting {
  readonly where: string
  readonly service?: string
  readonly route?: string
  readonly gateway?: string
}

/** `/shop/…` is passed through, `/call` calls the same service. */
function startBefore({ where, service = '', route = '', gateway = '{}' }: Setting) {
  return startGateway({
    gateway,
    'services/shop': `service: shop\n${where}\n${service}\noperations:\n  any: { get: /call, out: { anything: status } }\n`,
    'routes/shop': `match: ANY /shop/*rest\nproxy: shop\n${route}`,
    'routes/call': 'match: GET /call\ndo: [ { invoke: shop.any } ]\nresponse: { body: fine }\n',
  })
}

const listed = (...urls: string[]) => `endpoints: [${urls.join(', ')}]`
const pass = (port: number, line = 'GET /shop/x HTTP/1.1', ...headers: string[]) =>
  sendRaw(port, request(line, ...headers))

describe('the endpoint that was chosen is the one that is asked', () => {
  test('whichever way a request takes: the law', async () => {
    const backends = await Promise.all(
      [0, 1, 2, 3].map((at) =>
        startRawBackend((socket, head) =>
          socket.write(answer('{}', at === 3 ? '500 Oh' : '200 OK', `X-At: ${at}`, `X-Head: ${head.length}`)),
        ),
      ),
    )
    const endpoint = fc.record({ at: fc.integer({ min: 0, max: 3 }), weight: fc.integer({ min: 1, max: 4 }) })
    const lists = fc.uniqueArray(endpoint, { minLength: 1, maxLength: 4, selector: ({ at }) => at })
    const ways = fc.array(fc.constantFrom('/shop/x', '/call'), { minLength: 4, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(lists, ways, async (list, ways) => {
        const where = `endpoints: [${list.map(({ at, weight }) => `{ url: "${backends[at]!.url}", weight: ${weight} }`)}]`
        const setting = { where, service: 'outlier: { failures: 2, maxEjected: 50% }' }
        const order = async (paths: readonly string[]) => {
          const { port, gateway } = await startBefore(setting)
          const seen: number[] = []
          for (const path of paths) {
            const before = backends.map(({ heads }) => heads.length)
            await pass(port, `GET ${path} HTTP/1.1`)
            seen.push(backends.findIndex(({ heads }, at) => heads.length > before[at]!))
          }
          await gateway.close()
          return seen
        }
        const mixed = await order(ways)
        expect(mixed).toEqual(await order(ways.map(() => '/call')))
        expect(mixed).toEqual(await order(ways.map(() => '/shop/x')))
      }),
      { numRuns: 12 },
    )
  })
})

describe('`connections` of a service hold for what is passed through', () => {
  test('and for calls beside it: the next one waits', async () => {
    const waiting: (() => void)[] = []
    const backend = await opened(startHttpServer((_request, response) => void waiting.push(() => response.end('{}'))))
    const { port } = await startBefore({ where: listed(backend.url), service: 'connections: 2' })
    const answers = [pass(port), pass(port, 'GET /call HTTP/1.1'), pass(port)]
    await until(() => waiting.length === 2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting).toHaveLength(2)
    waiting.shift()!()
    await until(() => waiting.length === 2)
    for (const answer of waiting) answer()
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('and a WebSocket keeps its connection until it ends', async () => {
    const backend = await startEcho()
    const { port } = await startBefore({
      where: listed(backend.url),
      service: 'connections: 1',
      route: 'timeout: 150ms',
    })
    const { socket } = await openWebSocket(port, '/shop/ws')
    expect((await pass(port)).status).toBe(504)
    socket.destroy()
    await backend.disconnected()
    expect((await pass(port)).status).toBe(200)
  })

  test('and waiting for one is not held against the backend', async () => {
    const backend = await startEcho()
    const { port, adminPort } = await startBefore({
      where: listed(backend.url, backend.url),
      service: 'connections: 1\noutlier: { failures: 1, maxEjected: 100% }',
      route: 'timeout: 100ms',
    })
    await openWebSocket(port, '/shop/ws')
    await openWebSocket(port, '/shop/ws')
    expect((await pass(port)).status).toBe(504)
    const { body } = await sendRaw(
      adminPort,
      'GET /-/endpoints HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    )
    expect(body).not.toContain('ejected')
  })
})

describe('`failover: fast-retry`', () => {
  const failover = 'failover: fast-retry'

  async function startRefusing() {
    const gone = await opened(startHttpServer(() => {}))
    await gone.close()
    return gone.url
  }

  test('goes on where nobody takes a connection, with a body too', async () => {
    const bodies: string[] = []
    const backend = await opened(
      startHttpServer(async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        bodies.push(Buffer.concat(chunks).toString())
        response.end('fine')
      }),
    )
    const { port } = await startBefore({ where: listed(await startRefusing(), backend.url), service: failover })
    for (let round = 0; round < 4; round++) {
      const text = `${request('POST /shop/x HTTP/1.1', 'Content-Length: 5')}hello`
      expect((await sendRaw(port, text)).status).toBe(200)
    }
    expect(bodies).toEqual(['hello', 'hello', 'hello', 'hello'])
  })

  test.each(['503 Busy', '429 Slow down', '502 Bad', '504 Late'])('goes on from %s', async (status) => {
    const bad = await startRawBackend((socket) => socket.write(answer('bad', status)))
    const good = await startRawBackend((socket) => socket.write(answer('good')))
    const { port, adminPort } = await startBefore({ where: listed(bad.url, good.url), service: failover })
    expect((await pass(port)).body).toBe('good')
    expect((await pass(port)).body).toBe('good')
    expect([bad.heads.length, good.heads.length]).toEqual([2, 2])
    const { text } = await sendRaw(adminPort, 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
    expect(text).toContain('tessera_failover_total{service="shop"} 2')
  })

  test.each([
    ['what is not idempotent', 'POST /shop/x HTTP/1.1', '0', ''],
    ['what has a body', 'PUT /shop/x HTTP/1.1', '5', 'hello'],
  ])('sends %s once', async (_, line, length, body) => {
    const backends = [0, 1].map(() => startRawBackend((socket) => socket.write(answer('bad', '503 Busy'))))
    const [one, other] = await Promise.all(backends)
    const { port } = await startBefore({ where: listed(one!.url, other!.url), service: failover })
    expect((await sendRaw(port, `${request(line, `Content-Length: ${length}`)}${body}`)).status).toBe(503)
    expect([...one!.heads, ...other!.heads].filter((head) => head.includes('/shop/x'))).toHaveLength(1)
  })

  test('is paid from the retry budget, and the last answer is the one that is passed back', async () => {
    const bad = await startRawBackend((socket) => socket.write(answer('bad', '503 Busy')))
    const { port } = await startBefore({
      where: listed(bad.url, `${bad.url}/other`),
      service: `${failover}\nretryBudget: { share: 0%, perSecond: 1, window: 10s }`,
    })
    for (let round = 0; round < 3; round++) expect((await pass(port)).body).toBe('bad')
    // A tenth of the window's 10 is there from the beginning.
    expect(bad.heads).toHaveLength(4)
  })

  test('is not done where the service says nothing of it', async () => {
    const { port } = await startBefore({ where: listed(await startRefusing(), await startRefusing()) })
    expect((await pass(port)).status).toBe(502)
  })
})

describe('a kept connection that the backend has closed', () => {
  /** Answers each connection's first request, and closes it when it is asked again. */
  function startClosing() {
    const requests = new WeakMap<Socket, number>()
    return startRawBackend((socket) => {
      const count = (requests.get(socket) ?? 0) + 1
      requests.set(socket, count)
      if (count === 1) socket.write(answer('fine'))
      else socket.destroy()
    })
  }

  test('costs a GET nothing: it is sent once more, on a new one', async () => {
    const backend = await startClosing()
    const { port } = await startBefore({ where: listed(backend.url) })
    for (let round = 0; round < 6; round++) expect((await pass(port)).status).toBe(200)
    expect(backend.heads.length).toBeGreaterThan(6)
  })

  test('is a 502 for a POST, which is sent once', async () => {
    const backend = await startClosing()
    const { port } = await startBefore({ where: listed(backend.url) })
    expect((await pass(port)).status).toBe(200)
    expect((await pass(port, 'POST /shop/x HTTP/1.1', 'Content-Length: 0')).status).toBe(502)
    expect(backend.heads.filter((head) => head.startsWith('POST'))).toHaveLength(1)
  })

  test('and a new one that it closes is a 502 at once', async () => {
    const backend = await startRawBackend((socket) => socket.destroy())
    const { port } = await startBefore({ where: listed(backend.url) })
    expect((await pass(port)).status).toBe(502)
    expect(backend.heads).toHaveLength(1)
  })
})

describe('the time that is left', () => {
  const headersOf = (head: string) => head.toLowerCase()

  test('is told to the backend, in the header that its service names', async () => {
    const backend = await startRawBackend((socket) => socket.write(answer('fine')))
    const { port } = await startBefore({
      where: listed(backend.url),
      service: 'budgetHeader: x-left',
      route: 'timeout: 4s',
    })
    await pass(port, 'GET /shop/x HTTP/1.1', 'X-Left: 99999', 'X-Envoy-Expected-Rq-Timeout-Ms: 99999')
    const left = Number(/x-left: (\d+)/.exec(headersOf(backend.heads[0]!))?.[1])
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(4000)
    expect(headersOf(backend.heads[0]!)).not.toContain('99999')
  })

  test('is what a trusted proxy says in the gateway’s own header, which goes no further', async () => {
    const backend = await startRawBackend((socket) => socket.write(answer('fine')))
    const { port } = await startBefore({
      where: listed(backend.url),
      gateway: 'trustedProxies: [loopback]\nbudgetHeader: x-mine',
      service: 'budgetHeader: x-left',
      route: 'timeout: 4s',
    })
    await pass(port, 'GET /shop/x HTTP/1.1', 'X-Mine: 900')
    expect(Number(/x-left: (\d+)/.exec(headersOf(backend.heads[0]!))?.[1])).toBeLessThanOrEqual(900)
    expect(headersOf(backend.heads[0]!)).not.toContain('x-mine')
  })

  test.each(['false', 'x-mine'])('is not what a stranger says, with `budgetHeader: %s`', async (name) => {
    const backend = await startRawBackend((socket) => socket.write(answer('fine')))
    const { port } = await startBefore({
      where: listed(backend.url),
      gateway: `budgetHeader: ${name}`,
      route: 'timeout: 4s',
    })
    await pass(port, 'GET /shop/x HTTP/1.1', 'X-Mine: 99999', 'X-Envoy-Expected-Rq-Timeout-Ms: 99999')
    const head = headersOf(backend.heads[0]!)
    expect(head).not.toContain('x-envoy')
    if (name === 'x-mine') expect(head).not.toContain('99999')
  })

  test('is what its service gives a call, where that is less than the route has', async () => {
    const backend = await opened(startHttpServer(() => {}))
    const { port } = await startBefore({ where: listed(backend.url), service: 'timeout: 60ms', route: 'timeout: 30s' })
    expect((await pass(port)).status).toBe(504)
  })
})

test('a client that is gone before its connection is up leaves none behind', async () => {
  const backend = await opened(startHttpServer((_request, response) => void response.end('{}')))
  const { port, entries } = await startBefore({ where: listed(backend.url) })
  const socket = await dial(port)
  socket.write(request('GET /shop/x HTTP/1.1'))
  socket.destroy()
  await until(() => entries.length === 1)
  await backend.disconnected()
  expect((await pass(port)).status).toBe(200)
})
