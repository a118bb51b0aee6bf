import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Received } from '../support/backend.ts'
import { afterFile } from '../support/cleanup.ts'
import { type ReceivedSpan, startCollector } from '../support/collector.ts'
import { type RecordedDemo, startRecordedDemo } from '../support/recorded-demo.ts'
import { type Served, startServe } from '../support/served.ts'
import { pause, until } from '../support/waiting.ts'

/** OTLP's numbers of the span kinds. */
const internal = 1
const server = 2
const client = 3

/** OpenTelemetry begins every span at the wall clock's millisecond. */
const skewNanos = 10_000_000n
const exportEveryMs = 100
const callerId = 'b7ad6b7169203331'
const budgetHeader = 'x-envoy-expected-rq-timeout-ms'

type Span = ReceivedSpan & { startTimeUnixNano: string; endTimeUnixNano: string }

let collector: Awaited<ReturnType<typeof startCollector>>
let demo: RecordedDemo
let gateway: Served

beforeAll(async () => {
  collector = await startCollector()
  afterFile(() => collector.close())
  demo = await startRecordedDemo()
  gateway = await startServe({
    config: copyDemo(),
    env: {
      ...demo.env,
      TRACE_SAMPLING: '100%',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: String(exportEveryMs),
    },
  })
  await whole('/mobile/home', { 'x-session-token': 'tok-mei', traceparent: unsampled('11') })
})

/** The demo's files, but with everybody's trace continued. */
function copyDemo(): string {
  const root = mkdtempSync(join(tmpdir(), 'tessera-trace-'))
  afterFile(() => rmSync(root, { recursive: true }))
  for (const folder of ['config', 'routes']) cpSync(folder, join(root, folder), { recursive: true })
  const config = join(root, 'config/gateway.yaml')
  writeFileSync(config, readFileSync(config, 'utf8').replace('trust: trusted', 'trust: all'))
  return config
}

describe('one request of the homepage', () => {
  const headers = {
    'x-session-token': 'tok-mei',
    tracestate: 'vendor=a1,other=b2',
    baggage: 'tenant=42;ttl=1',
    'x-request-id': 'trace-home',
  }
  let traceId: string
  let spans: Span[]
  let calls: Received[]

  beforeAll(async () => {
    await until(async () => {
      traceId = randomBytes(16).toString('hex')
      const traceparent = `00-${traceId}-${callerId}-01`
      return isWhole('/mobile/home?city=paris', { ...headers, traceparent })
    }, 'a page is whole')
    spans = await spansOf(traceId)
    calls = [...demo.recorders.values()]
      .flatMap(({ received }) => received)
      .filter((call) => call.headers['x-request-id'] === 'trace-home' && isOf(traceId, call))
  })

  test('is one trace that continues the caller’s', () => {
    const roots = spans.filter(({ kind }) => kind === server)
    expect(roots.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([['GET /mobile/home', callerId]])
    for (const span of spans) if (span.kind !== server) expect(parentOf(span, spans)).toBeDefined()
    expect(spans.find(({ kind }) => kind === server)!.traceState).toBe(headers.tracestate)
  })

  test('has a server span with the attributes of the semantic conventions', () => {
    const { attributes, status } = spans.find(({ kind }) => kind === server)!
    expect(attributes).toMatchObject({
      'http.request.method': 'GET',
      'http.route': '/mobile/home',
      'http.response.status_code': 200,
      'url.path': '/mobile/home',
      'url.scheme': 'http',
      'client.address': '127.0.0.1',
      'server.address': '127.0.0.1',
      'tessera.route': 'mobile-home',
    })
    expect(status).toBe(0)
    expect(collector.resources[0]).toMatchObject({ 'service.name': 'tessera-demo' })
  })

  test('has a span a step, inside of its parent’s time', () => {
    const steps = spans.filter(({ kind }) => kind === internal)
    const invoked = steps.filter(({ attributes }) => attributes['tessera.step.kind'] === 'invoke')
    const names = new Set(invoked.map(({ attributes }) => attributes['tessera.step']))
    const wanted = ['session', 'banners', 'channels', 'recommend', 'cards', 'prices', 'promotions', 'featured']
    expect([...names].sort()).toEqual(wanted.sort())
    // Ten products, five a slice.
    expect(invoked.filter(({ attributes }) => attributes['tessera.step'] === 'prices')).toHaveLength(2)
    const kinds = new Set(steps.map(({ attributes }) => attributes['tessera.step.kind']))
    for (const kind of ['branch', 'parallel', 'forEach']) expect(kinds).toContain(kind)
    for (const span of spans) {
      const parent = parentOf(span, spans)
      if (!parent) continue
      expect(nanos(span.startTimeUnixNano)).toBeGreaterThanOrEqual(nanos(parent.startTimeUnixNano) - skewNanos)
      expect(nanos(span.endTimeUnixNano)).toBeLessThanOrEqual(nanos(parent.endTimeUnixNano) + skewNanos)
    }
  })

  test('has a client span an attempt, which the backend hears of', () => {
    const attempts = spans.filter(({ kind }) => kind === client)
    expect(attempts.map(({ spanId }) => spanId).sort()).toEqual(calls.map(spanIdOf).sort())
    for (const attempt of attempts) {
      expect(parentOf(attempt, spans)).toMatchObject({ kind: internal, attributes: { 'tessera.step.kind': 'invoke' } })
      const call = calls.find((one) => spanIdOf(one) === attempt.spanId)!
      expect(attempt.attributes).toMatchObject({
        'http.request.method': call.method,
        'http.response.status_code': 200,
        'server.address': '127.0.0.1',
        'server.port': Number(call.headers.host!.split(':')[1]),
        'url.full': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
        'url.template': expect.stringMatching(/^\//),
      })
    }
    const reco = attempts.find(({ name }) => name.includes('recommend'))!
    expect(reco.name).toBe('GET /recommend/{geo.city}')
    expect(reco.attributes['url.full']).toMatch(/\/recommend\/\{geo\.city\}\?size=REDACTED&seg=REDACTED$/)
  })

  test('sends its context to every backend', () => {
    expect(calls.length).toBeGreaterThanOrEqual(9)
    // Not where somebody else may be given the answer: by `lastGood`.
    const personal = calls.filter(({ headers: sent }) => sent.baggage !== undefined)
    expect(personal.length).toBeGreaterThan(0)
    for (const { headers: sent } of personal) {
      expect([sent.tracestate, sent.baggage]).toEqual([headers.tracestate, headers.baggage])
    }
    for (const { headers: sent } of calls) {
      expect(sent).toMatchObject({
        traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
        'x-request-id': 'trace-home',
        [budgetHeader]: expect.stringMatching(/^[1-9]\d*$/),
      })
      // No attempt has more than the longest timeout of its service.
      expect(Number(sent[budgetHeader])).toBeLessThanOrEqual(250)
    }
  })

  test('stands in the log with its trace', async () => {
    await gateway.accessLine('trace-home')
    const line = await until(() => gateway.lines().find(({ trace_id }) => trace_id === traceId), 'its line')
    expect(line).toMatchObject({ msg: 'request', request_id: 'trace-home', route: 'mobile-home', status: 200 })
  })
})

describe('a trace', () => {
  test('begins here when the caller has none', async () => {
    await whole('/mobile/home', { 'x-request-id': 'trace-new' })
    const { trace_id } = await gateway.accessLine('trace-new')
    const spans = await spansOf(trace_id)
    const root = spans.find(({ kind }) => kind === server)!
    expect([root.name, root.parentSpanId || undefined]).toEqual(['GET /mobile/home', undefined])
  })

  test('that the caller does not sample goes on without a span of ours', async () => {
    const id = 'c'.repeat(32)
    await whole('/mobile/home', { traceparent: unsampled('c'), 'x-request-id': 'trace-unsampled' })
    const calls = demo.recorders.get('reco')!.received.filter((call) => isOf(id, call))
    expect(calls.length).toBeGreaterThan(0)
    for (const { headers } of calls) expect(headers['traceparent']).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-00$`))
    await pause(3 * exportEveryMs)
    expect(collector.spans.filter((span) => span.traceId === id)).toEqual([])
    expect((await gateway.accessLine('trace-unsampled'))['trace_id']).toBe(id)
  })

  test.each([
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331',
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    `00-${'A'.repeat(32)}-b7ad6b7169203331-01`,
    `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, x`,
  ])('of a malformed traceparent (%s) is not believed', async (traceparent) => {
    const id = `trace-bad-${traceparent.length}-${traceparent.slice(0, 5)}`
    await fetch(`${gateway.url}/mobile/home`, { headers: { traceparent, tracestate: 'a=b', 'x-request-id': id } })
    const { trace_id } = await gateway.accessLine(id)
    expect(trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(traceparent).not.toContain(trace_id)
    const calls = demo.recorders.get('reco')!.received.filter((call) => call.headers['x-request-id'] === id)
    for (const { headers } of calls) expect(headers['tracestate']).toBeUndefined()
  })

  test('tells of another attempt and of a fallback', async () => {
    const id = 'd'.repeat(32)
    await demo.find('reco').ask({ mode: 'status', status: 503 })
    try {
      const response = await fetch(`${gateway.url}/mobile/home`, { headers: { traceparent: sampled('d') } })
      expect(response.headers.get('tessera-degraded')).toContain('recommend;source=fallback')
    } finally {
      await demo.find('reco').ask({ mode: 'none' })
    }
    const spans = await spansOf(id)
    const step = spans.find(({ attributes }) => attributes['tessera.step'] === 'recommend')!
    expect(step.events).toEqual(['tessera.retry', 'tessera.fallback'])
    const attempts = spans
      .filter(({ parentSpanId, name }) => parentSpanId === step.spanId && name.includes('/recommend/'))
      .sort((a, b) => Number(nanos(a.startTimeUnixNano) - nanos(b.startTimeUnixNano)))
    expect(attempts.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1])
    for (const { attributes, status } of attempts) {
      expect([attributes['http.response.status_code'], attributes['error.type'], status]).toEqual([503, '503', 2])
    }
    // The operation that stood in has its own client span in the same step.
    expect(spans.filter(({ parentSpanId }) => parentSpanId === step.spanId).map(({ name }) => name)).toContain(
      'GET /bestsellers',
    )
  })

  test('of a failure is marked at the step and at the server, and named in the problem', async () => {
    const id = 'e'.repeat(32)
    await demo.find('catalog').ask({ mode: 'status', status: 500 })
    try {
      const headers = { traceparent: sampled('e') }
      const response = await fetch(`${gateway.url}/mobile/products/p1042`, { headers })
      expect(await response.json()).toMatchObject({ status: 502, traceId: id })
    } finally {
      await demo.find('catalog').ask({ mode: 'none' })
    }
    const spans = await spansOf(id)
    const root = spans.find(({ kind }) => kind === server)!
    expect([root.status, root.attributes['error.type'], root.attributes['http.response.status_code']]).toEqual([
      2,
      '502',
      502,
    ])
    const detail = spans.find(({ attributes }) => attributes['tessera.step'] === 'detail')!
    expect([detail.status, detail.attributes['error.type']]).toEqual([2, 'http-500'])
  })

  test('of a client’s fault is no error of the server', async () => {
    const id = 'f'.repeat(32)
    const response = await fetch(`${gateway.url}/mobile/home?city=atlantis`, { headers: { traceparent: sampled('f') } })
    expect(response.status).toBe(400)
    const [root] = await spansOf(id)
    expect([root!.status, root!.attributes['http.response.status_code']]).toEqual([0, 400])
  })

  test('goes through a request that is passed on', async () => {
    const id = '9'.repeat(32)
    await fetch(`${gateway.url}/catalog/categories`, { headers: { traceparent: sampled('9') } })
    const spans = await spansOf(id)
    const root = spans.find(({ kind }) => kind === server)!
    const call = spans.find(({ kind }) => kind === client)!
    expect([root.parentSpanId, call.parentSpanId]).toEqual([callerId, root.spanId])
    const received = demo.recorders.get('catalog')!.received.find((one) => isOf(id, one))!
    expect([received.target, spanIdOf(received)]).toEqual(['/catalog/categories', call.spanId])
  })
})

test('what is left is sent when the process ends', async () => {
  const id = '8'.repeat(32)
  await fetch(`${gateway.url}/mobile/home`, { headers: { traceparent: sampled('8') } })
  expect(await gateway.stop()).toBe(0)
  expect(collector.spans.filter((span) => span.traceId === id && span.kind === server)).toHaveLength(1)
})

/** Asks until nothing is degraded: a machine that is busy elsewhere may cost a try its parts. */
async function whole(path: string, headers: Record<string, string>): Promise<void> {
  await until(() => isWhole(path, headers), `${path} is whole`)
}

async function isWhole(path: string, headers: Record<string, string>): Promise<boolean> {
  const response = await fetch(gateway.url + path, { headers })
  await response.text()
  return response.status === 200 && !response.headers.has('tessera-degraded')
}

/** The spans of a trace, when its server span has come and nothing followed. */
async function spansOf(id: string): Promise<Span[]> {
  const ours = () => collector.spans.filter((span) => span.traceId === id) as Span[]
  await until(() => ours().some(({ kind }) => kind === server), `the spans of ${id}`)
  let before: number
  do {
    before = ours().length
    await pause(2 * exportEveryMs)
  } while (ours().length > before)
  return ours()
}

function parentOf({ parentSpanId }: Span, spans: Span[]): Span | undefined {
  return spans.find(({ spanId }) => spanId === parentSpanId)
}

function spanIdOf({ headers }: Received): string {
  return String(headers['traceparent']).split('-')[2]!
}

function isOf(id: string, { headers }: Received): boolean {
  return String(headers['traceparent']).includes(id)
}

function sampled(digit: string): string {
  return `00-${digit.repeat(32)}-${callerId}-01`
}

function unsampled(digits: string): string {
  return `00-${digits.repeat(32 / digits.length)}-${callerId}-00`
}

function nanos(text: string): bigint {
  return BigInt(text)
}
