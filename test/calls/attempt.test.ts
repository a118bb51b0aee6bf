import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Backends } from '../../src/calls/registry.ts'
import { systemClock } from '../../src/clock.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import {
  callContext,
  callRequest,
  callSite,
  errorOf,
  RecordingMetrics,
  RecordingSpan,
  type SiteOptions,
  serviceTarget,
} from '../support/sites.ts'

let server: TestServer
let backends: Backends
let metrics: RecordingMetrics
let statuses: number[]

beforeEach(async () => {
  statuses = [200]
  server = await startHttpServer((_request, response) => {
    response.statusCode = statuses.shift() ?? 200
    response.end('{}')
  })
  metrics = new RecordingMetrics()
  backends = new Backends({ clock: systemClock, metrics: { forSite: () => metrics } })
})

afterEach(async () => {
  await backends.close()
  await server.close()
})

const retry = { attempts: 2, delayMs: 0, backoff: 'constant', jitter: false, on: ['http-5xx'] } as const

function call(span: RecordingSpan, site: SiteOptions = {}) {
  const service = serviceTarget(`http://user:hush@127.0.0.1:${server.port}/v1`)
  const render = () => callRequest({ path: '/recommend/paris?token=hush&seg=' })
  const { calls } = backends.open([callSite({ service, render, ...site })])
  return calls[0]!(callContext(systemClock, { span }))
}

describe('an attempt', () => {
  test('leaves a client span that names the template and none of the values', async () => {
    const span = new RecordingSpan(true)
    const attributes = { 'graphql.operation.name': 'Order' }
    const dialect = { accept: '*/*', members: [], attributes, judge: () => undefined, codeOf: () => undefined }
    await call(span, { dialect })
    expect(span.children).toHaveLength(1)
    expect(span.children[0]).toMatchObject({
      name: 'GET /recommend/{geo.city}',
      kind: 'client',
      isEnded: true,
      errorType: undefined,
    })
    expect(span.children[0]!.attributes).toEqual({
      ...attributes,
      'http.request.method': 'GET',
      'url.template': '/recommend/{geo.city}',
      'url.full': `${server.url}/v1/recommend/{geo.city}?token=REDACTED&seg=REDACTED`,
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'http.response.status_code': 200,
    })
  })

  test('has a span of its own when it is a retry', async () => {
    statuses = [503, 200]
    const span = new RecordingSpan(true)
    expect((await call(span, { retry })).attempts).toBe(2)
    const [first, second] = span.children
    expect(first).toMatchObject({ errorType: '503', isEnded: true })
    expect(first!.attributes['http.response.status_code']).toBe(503)
    expect(first!.attributes).not.toHaveProperty('http.request.resend_count')
    expect(second!.attributes['http.request.resend_count']).toBe(1)
    expect(second!.errorType).toBeUndefined()
  })

  test('builds no attributes when the request is not sampled', async () => {
    const span = new RecordingSpan(false)
    await call(span)
    expect(span.children[0]!.attributes).toEqual({})
    expect(span.children[0]!.isEnded).toBe(true)
  })

  test('is counted by its outcome', async () => {
    statuses = [503, 200, 404]
    await call(new RecordingSpan(false), { retry })
    await errorOf(call(new RecordingSpan(false), { errorNames: new Map([[404, 'gone']]) }))
    expect(metrics.lines).toEqual(['attempt 503 http-503', 'retry http-503', 'attempt 200 ok', 'attempt 404 gone'])
  })
})
