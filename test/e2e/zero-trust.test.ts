import { request } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Backend, type Received, sendJson, startBackend } from '../support/backend.ts'
import { type RecordedDemo, startRecordedDemo } from '../support/recorded-demo.ts'
import { type Served, startServe } from '../support/served.ts'
import { pause } from '../support/waiting.ts'

/** What an attacker, or an app that knows no better, sends along. Every value can be told from all others. */
const uninvited = {
  accept: 'text/leak1',
  'accept-encoding': 'leak2',
  'accept-language': 'leak3',
  authorization: 'Bearer leak4',
  'cache-control': 'leak5',
  cookie: 'session=leak6; x-session-token=leak7; user=leak8',
  'content-language': 'leak9',
  forwarded: 'for=leak10',
  from: 'leak11@example.com',
  'if-none-match': '"leak12"',
  origin: 'https://leak13.example',
  'proxy-authorization': 'Basic leak14',
  range: 'bytes=leak15',
  referer: 'https://leak16.example',
  via: '1.1 leak17',
  'x-api-key': 'leak18',
  'x-forwarded-for': 'leak19',
  'x-forwarded-host': 'leak20',
  'x-http-method-override': 'leak21',
  'x-original-url': '/leak22',
  'x-real-ip': 'leak23',
  'x-user-id': 'leak24',
  'x-user-segment': 'leak25',
  'user-agent': 'leak26',
}
const uninvitedQuery =
  'user_id=leak31&x-user-id=leak32&size=leak33&slot=leak34&segment=leak35&debug=leak36&__proto__=leak37'

/** Headers that every call has: HTTP's own, and what the gateway says itself. */
const own = [
  'accept',
  'accept-encoding',
  'cdn-loop',
  'connection',
  'content-length',
  'content-type',
  'host',
  'traceparent',
  'x-envoy-expected-rq-timeout-ms',
  'x-request-id',
]
/** Headers that the demo's service files list besides. */
const listed: Record<string, readonly string[]> = {
  content: [],
  catalog: [],
  users: ['x-session-token'],
  reco: ['x-user-id'],
  pricing: ['idempotency-key'],
  brands: [],
}

let demo: RecordedDemo
let collector: Backend
let gateway: Served

beforeAll(async () => {
  demo = await startRecordedDemo()
  collector = await startBackend((_request, response) => sendJson(response, { partialSuccess: {} }))
  gateway = await startServe({
    logLevel: 'trace',
    env: {
      ...demo.env,
      TRACE_SAMPLING: '100%',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  })
})

const order = (changes: object = {}) =>
  JSON.stringify({
    lines: [{ id: 'p1002', count: 1 }],
    address: 'home',
    payment: { token: 'pay-secret-4711' },
    ...changes,
  })

describe('nothing of a request reaches a backend unless it is listed', () => {
  test.each([
    ['/mobile/home', {}],
    ['/mobile/home', { 'x-session-token': 'tok-mei' }],
    ['/mobile/products/p1042', { 'x-session-token': 'tok-mei' }],
    ['/mobile/search?q=tea', { 'x-session-token': 'tok-mei' }],
    ['/mobile/discover', { 'x-session-token': 'tok-mei' }],
  ])('at %s with %j', async (path, invited) => {
    const query = `${path.includes('?') ? '&' : '?'}${uninvitedQuery}`
    // `size` of a search is listed, and bad.
    const target = path + (path.startsWith('/mobile/search') ? query.replace('size=', 'sighs=') : query)
    const calls = await callsOf(() => send(target, { headers: { ...uninvited, ...invited } }))
    expect(calls.length).toBeGreaterThan(1)
    expectClean(calls)
  })

  test('at an order', async () => {
    const headers = {
      ...uninvited,
      'content-type': 'application/json',
      'x-session-token': 'tok-mei',
      'idempotency-key': 'key-12345678',
    }
    const body = order({ user: 'leak41', quote: 'leak42', total_cents: 'leak43', lines2: ['leak44'] })
    const calls = await callsOf(() => send(`/mobile/orders?${uninvitedQuery}`, { method: 'POST', headers, body }))
    expect(calls.map(({ call }) => `${call.method} ${call.target}`).sort()).toEqual([
      'GET /session',
      'GET /users/u1001/addresses/home',
      'POST /orders',
      'POST /quotes',
    ])
    expectClean(calls)
    const placed = JSON.parse(calls.find(({ call }) => call.target === '/orders')!.call.body)
    expect(placed).toEqual({ quote: expect.any(String), user: 'u1001', address: 'home', payment: 'pay-secret-4711' })
    for (const { call } of calls) if (call.target !== '/orders') expect(everythingOf(call)).not.toContain('pay-secret')
  })

  test('the session token goes to users alone, and the account to those who ask for it', async () => {
    const calls = await callsOf(() => send('/mobile/home', { headers: { 'x-session-token': 'tok-mei' } }))
    const whoHas = (value: string) =>
      new Set(calls.filter(({ call }) => everythingOf(call).includes(value)).map(({ name }) => name))
    expect([...whoHas('tok-mei')]).toEqual(['users'])
    expect([...whoHas('u1001')]).toEqual(['reco'])
    expect([...whoHas('林美')]).toEqual([])
  })

  test('a request that is passed on keeps its headers but those of its connection, and credentials', async () => {
    const calls = await callsOf(() =>
      send('/catalog/categories', { headers: { ...uninvited, connection: 'x-private', 'x-private': 'leak51' } }),
    )
    const { headers } = calls[0]!.call
    expect(headers['accept-language']).toBe(uninvited['accept-language'])
    for (const name of ['proxy-authorization', 'x-private', 'authorization', 'cookie', 'x-api-key'])
      expect(headers[name]).toBeUndefined()
    // Where it comes from is told by us: nobody before us is trusted.
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect([headers['forwarded'], headers['x-real-ip']]).toEqual([undefined, undefined])
    expect(headers['x-forwarded-host']).not.toContain('leak')
  })
})

describe('what is personal or secret', () => {
  const long = (name: string) => name.repeat(30)
  /** Values of the demo's `pii` and `secret` colors, and what clients might send in their place. */
  const sensitive = [
    'tok-mei',
    'tok-expired',
    'tok-nobody',
    long('tok-too-long-'),
    'u1001',
    '林美',
    '138****2046',
    '梧桐路',
    'pay-secret-4711',
    'pay-declined',
    long('pay-too-long-'),
    'coupon-private-1',
    'address-private-1',
    'query-private-1',
  ]

  test('never stands in logs, spans, metrics or an error', async () => {
    const asUser = { headers: { 'x-session-token': 'tok-mei' } }
    const errors: string[] = []
    const note = async (path: string, init: Init) => {
      const { status, text } = await send(path, init)
      if (status >= 400) errors.push(text)
      return status
    }
    const place = (changes: object, token = 'tok-mei') =>
      note('/mobile/orders', {
        method: 'POST',
        headers: { 'x-session-token': token, 'idempotency-key': 'key-87654321', 'content-type': 'application/json' },
        body: order(changes),
      })

    expect(await note('/mobile/home?note=query-private-1', asUser)).toBe(200)
    expect(await place({})).toBe(201)
    expect(await note('/mobile/home', { headers: { 'x-session-token': 'tok-expired' } })).toBe(401)
    expect(await note('/mobile/home', { headers: { 'x-session-token': 'tok-nobody' } })).toBe(401)
    expect(await note('/mobile/home', { headers: { 'x-session-token': long('tok-too-long-') } })).toBe(400)
    expect(await note('/mobile/home?city=query-private-1', asUser)).toBe(400)
    expect(await place({ payment: { token: 'pay-declined' } })).toBe(402)
    expect(await place({ payment: { token: long('pay-too-long-') } })).toBe(400)
    expect(await place({ payment: 'pay-secret-4711' })).toBe(400)
    expect(await place({ coupon: 'coupon-private-1' })).toBe(400)
    expect(await place({ address: 'address-private-1' })).toBe(422)
    expect(await place({}, 'tok-expired')).toBe(401)

    for (const trouble of [
      { mode: 'status', status: 500 },
      { mode: 'reset' },
      { mode: 'garbage' },
      { mode: 'half' },
      { mode: 'hang' },
    ]) {
      for (const name of ['users', 'pricing']) {
        await demo.find(name).ask(trouble)
        try {
          expect(await note('/mobile/home', asUser)).toBe(200)
          expect(await place({})).toBeGreaterThan(499)
        } finally {
          await demo.find(name).ask({ mode: 'none' })
        }
      }
    }

    // Log lines and spans come a little late.
    await pause(600)
    const admin = await Promise.all(
      ['/metrics', '/-/config', '/-/diagnostics', '/readyz?verbose'].map(async (path) =>
        (await fetch(gateway.adminUrl + path)).text(),
      ),
    )
    const spans = collector.received.map(({ body }) => body).join('\n')
    expect(spans).toContain('GET /users/{user.id}/addresses/{address.id}')
    expect(gateway.lines().length).toBeGreaterThan(20)
    expect(errors.length).toBeGreaterThan(10)
    const places = { log: gateway.output(), spans, admin: admin.join('\n'), errors: errors.join('\n') }
    const found = Object.entries(places).flatMap(([place, text]) =>
      sensitive.filter((value) => text.includes(value)).map((value) => `${value} in ${place}`),
    )
    expect(found).toEqual([])
  })

  test('nor does what nobody asked for', async () => {
    expect(await gateway.stop()).toBe(0)
    // Of all that was sent, OpenTelemetry's conventions want the user agent.
    const told = `${gateway.output()}\n${collector.received.map(({ body }) => body).join('\n')}`
    expect([...new Set(told.match(/leak\d+/g))]).toEqual(['leak26'])
  })
})

interface Init {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** `fetch` would leave some headers out. */
function send(target: string, { method = 'GET', headers = {}, body }: Init): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(gateway.url + target, { method, headers, agent: false }, async (response) => {
      let text = ''
      response.setEncoding('utf8')
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode!, text })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

interface Call {
  readonly name: string
  readonly call: Received
}

/** What the backends are sent while a request is answered well; a machine that is busy elsewhere may take some tries. */
async function callsOf(ask: () => Promise<Answer>): Promise<Call[]> {
  for (let tries = 3; ; tries -= 1) {
    const before = new Map([...demo.recorders].map(([name, { received }]) => [name, received.length]))
    const { status, text } = await ask()
    if (status >= 500 && tries > 1) continue
    if (status >= 300) throw new Error(`${status} ${text}`)
    return [...demo.recorders].flatMap(([name, { received }]) =>
      received.slice(before.get(name)).map((call) => ({ name, call })),
    )
  }
}

function everythingOf({ method, target, rawHeaders, body }: Received): string {
  return decodeURIComponent([method, target, ...rawHeaders, body].join('\n'))
}

function expectClean(calls: readonly Call[]): void {
  for (const { name, call } of calls) {
    expect(everythingOf(call)).not.toMatch(/leak/)
    const foreign = Object.keys(call.headers).filter(
      (header) => !own.includes(header) && !listed[name]!.includes(header),
    )
    expect([name, foreign]).toEqual([name, []])
  }
}
