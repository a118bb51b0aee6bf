import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { request, sendRaw } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

const ofProxies = [
  'Forwarded',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'x-forwarded-anything',
  'X-Real-IP',
  'X-Forwarded-Client-Cert',
  'x-envoy-external-address',
  'X-Auth-Request-User',
  'X-Amzn-Oidc-Identity',
  'X-MS-Client-Principal-Name',
  'X_Forwarded_For',
  'X_User',
  'remote_user',
]
const forged = ofProxies.map((name) => `${name}: forged`)
const honest = ['X-Forward: honest', 'X-Realm: honest', 'Fruit: honest', 'X-Auth: honest', 'X-Amzn-Trace-Id: honest']
const sent = [...forged, ...honest, ...forged]

/** A backend of an aggregated route (`/own`, which answers what headers it reads) and of a `proxy:` route (`/shop`). */
async function startBoth(gateway: string) {
  const seen: IncomingMessage['headers'][] = []
  const backend = await opened(
    startHttpServer((incoming, response) => {
      seen.push(incoming.headers)
      response.setHeader('content-type', 'application/json').end('{"word":"x"}')
    }),
  )
  const running = await startGateway({
    gateway,
    'services/shop': `
service: shop
endpoints: [${backend.url}]
operations: { item: { get: /items, out: { word: $.word } } }
`,
    'routes/own': `
match: GET /own
do: [ { invoke: shop.item } ]
response: { body: { headers: $.request.headers, word: $.word } }
`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
  return { ...running, seen }
}

describe('a header that only a proxy may send', () => {
  test('is not there for a route, whoever it names, unless a trusted proxy sends it', async () => {
    const { port } = await startBoth('{}')
    const { headers } = (await sendRaw(port, request('GET /own HTTP/1.1', ...sent))).json()
    expect(JSON.stringify(headers)).not.toContain('forged')
    expect(JSON.stringify(headers).match(/honest/g)).toHaveLength(honest.length)
    const trusting = await startBoth('trustedProxies: [loopback]')
    const all = (await sendRaw(trusting.port, request('GET /own HTTP/1.1', ...sent))).json()['headers']
    for (const name of ofProxies) expect(all).toHaveProperty([name.toLowerCase()])
  })

  test('does not reach a service that is passed through to, unless a trusted proxy sends it', async () => {
    const { port, seen } = await startBoth('{}')
    await sendRaw(port, request('GET /shop/x HTTP/1.1', ...sent))
    expect(JSON.stringify(seen[0])).not.toContain('forged')
    expect(JSON.stringify(seen[0]).match(/honest/g)).toHaveLength(honest.length)
    const trusting = await startBoth('trustedProxies: [loopback]')
    await sendRaw(trusting.port, request('GET /shop/x HTTP/1.1', ...sent))
    for (const name of ofProxies) expect(trusting.seen[0]![name.toLowerCase()]).toContain('forged')
  })

  test('does not reach a service with an upgrade', async () => {
    const echo = await startEcho()
    const { port } = await startGateway({
      'services/shop': `service: shop\nendpoints: [${echo.url}]\noperations: {}\n`,
      'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
    })
    const { status, socket } = await openWebSocket(port, '/shop/ws', ...sent)
    socket.destroy()
    expect(status).toBe(101)
    expect(JSON.stringify(echo.requests[0]!.headers)).not.toContain('forged')
    expect(echo.requests[0]!.headers['x-realm']).toBe('honest')
  })
})

const theirTrace = '0af7651916cd43dd8448eb211c80319c'
const traced = [
  `traceparent: 00-${theirTrace}-b7ad6b7169203331-01`,
  'tracestate: vendor=1',
  'baggage: tenant=42,ttl=1;p=2',
  'X-Request-Id: r1',
]

describe.each(['/own', '/shop/x'])('the trace of a caller of %s', (path) => {
  const ask = async (gateway: string) => {
    const { port, seen, entries } = await startBoth(gateway)
    await sendRaw(port, request(`GET ${path} HTTP/1.1`, ...traced))
    await until(() => entries.length === 1)
    const { traceparent, tracestate, baggage, 'x-request-id': id } = seen[0]!
    const [, trace, , flags] = String(traceparent).split('-')
    expect([trace, id]).toEqual([entries[0]!.traceId, 'r1'])
    return { isTheirs: trace === theirTrace, flags, tracestate, baggage }
  }
  const theirs = { isTheirs: true, flags: '01', tracestate: 'vendor=1', baggage: 'tenant=42,ttl=1;p=2' }
  const ours = { isTheirs: false, flags: '00', tracestate: undefined, baggage: undefined }

  test('ends here where nobody vouches for the caller, and whether it is sampled is ours to say', async () => {
    expect(await ask('telemetry: { sampling: 0% }')).toEqual(ours)
    expect(await ask('telemetry: { sampling: 0%, baggage: [tenant] }')).toEqual(ours)
    expect(await ask('{ trustedProxies: [10.0.0.0/8], telemetry: { sampling: 0% } }')).toEqual(ours)
  })

  test('goes on from a trusted proxy, and from everybody where that is said', async () => {
    expect(await ask('{ trustedProxies: [loopback], telemetry: { sampling: 0% } }')).toEqual(theirs)
    expect(await ask('telemetry: { sampling: 0%, trust: all }')).toEqual(theirs)
  })

  test('ends here whoever calls where that is said', async () => {
    expect(await ask('{ trustedProxies: [loopback], telemetry: { sampling: 0%, trust: none } }')).toEqual(ours)
  })

  test('brings of its baggage what is listed', async () => {
    const listed = await ask('telemetry: { sampling: 0%, trust: all, baggage: [ttl, other] }')
    expect(listed).toEqual({ ...theirs, baggage: 'ttl=1;p=2' })
    expect((await ask('telemetry: { trust: all, baggage: [] }')).baggage).toBeUndefined()
  })
})

test('baggage is not listed where none is taken', async () => {
  const starting = startGateway({ gateway: 'telemetry: { trust: none, baggage: [tenant] }' })
  await expect(starting).rejects.toMatchObject({
    diagnostics: [{ code: 'invalid-value', message: expect.stringContaining('no baggage is taken') }],
  })
})
