import { beforeEach, describe, expect, test } from '@jest/globals'
import { createTracer, type Tracer } from '../../src/telemetry/tracer.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { setOtelEnvironment, startCollector } from '../support/collector.ts'
import { startTcpServer } from '../support/servers.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const callerId = 'b7ad6b7169203331'
const sampledParent = `00-${traceId}-${callerId}-01`
const unsampledParent = `00-${traceId}-${callerId}-00`

async function startTracer(variables: Record<string, string>, sampling = 1) {
  afterTest(setOtelEnvironment(variables))
  const warnings: string[] = []
  const tracer: Tracer = createTracer({ service: 'tessera', sampling }, (message) => warnings.push(message))
  await tracer.start()
  return { tracer, warnings }
}

/** By the SDK, or by ourselves: `http/protobuf`, which is the default. */
let protocol = 'http/protobuf'

async function startTraced(variables: Record<string, string> = {}, sampling = 1) {
  const collector = await startCollector()
  afterTest(() => collector.close())
  const started = await startTracer(
    { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: protocol, ...variables },
    sampling,
  )
  return { ...started, collector }
}

describe.each(['http/protobuf', 'http/json'])('a recorded request, sent by %s', (wanted) => {
  beforeEach(() => {
    protocol = wanted
  })

  test('arrives at the collector with its children, attributes, events and status', async () => {
    const { tracer, collector } = await startTraced()
    const request = tracer.startRequest({ traceparent: sampledParent, tracestate: 'vendor=1' }, 'GET /home', {
      'http.route': '/home',
    })
    const step = request.child('recommend', 'internal')
    const attempt = step.child('GET /recommend/{geo.city}', 'client', { 'http.request.method': 'GET' })
    attempt.event('retry', { attempt: 2 })
    attempt.set({ 'http.response.status_code': 503, 'tessera.cached': false })
    attempt.fail('http-503')
    attempt.end()
    step.end()
    request.end()
    await tracer.shutdown()

    const [client, internal, server] = collector.spans
    expect(collector.spans.map((span) => span.name)).toEqual(['GET /recommend/{geo.city}', 'recommend', 'GET /home'])
    expect(collector.spans.map((span) => span.traceId)).toEqual([traceId, traceId, traceId])
    expect(server).toMatchObject({ parentSpanId: callerId, kind: 2, traceState: 'vendor=1', status: 0 })
    expect(server?.attributes).toEqual({ 'http.route': '/home' })
    expect(internal).toMatchObject({ parentSpanId: server?.spanId, kind: 1 })
    expect(client).toMatchObject({ parentSpanId: internal?.spanId, kind: 3, status: 2, events: ['retry'] })
    expect(client?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 503,
      'tessera.cached': false,
      'error.type': 'http-503',
    })
  })

  test('sends each call the traceparent of the span it was made in', async () => {
    const { tracer, collector } = await startTraced()
    const request = tracer.startRequest({ traceparent: sampledParent }, 'GET /home')
    const call = request.child('call', 'client')
    call.end()
    request.end()
    await tracer.shutdown()
    const ids = Object.fromEntries(collector.spans.map((span) => [span.name, span.spanId]))
    expect(call.traceparent).toBe(`00-${traceId}-${ids['call']}-01`)
    expect(request.traceparent).toBe(`00-${traceId}-${ids['GET /home']}-01`)
    expect(new Set([callerId, ids['call'], ids['GET /home']]).size).toBe(3)
  })

  test('begins a trace when the caller sent none, and keeps its id all the way', async () => {
    const { tracer, collector } = await startTraced()
    const request = tracer.startRequest({ traceparent: 'nonsense', tracestate: 'vendor=1' }, 'GET /home')
    request.end()
    await tracer.shutdown()
    expect(request.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(collector.spans[0]).toMatchObject({ traceId: request.traceId })
    expect(collector.spans[0]?.parentSpanId ?? '').toBe('')
    expect(collector.spans[0]?.traceState ?? '').toBe('')
  })

  test('names the service by its settings, and by OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES first', async () => {
    const first = await startTraced()
    first.tracer.startRequest({}, 'x').end()
    await first.tracer.shutdown()
    expect(first.collector.resources[0]).toMatchObject({ 'service.name': 'tessera' })

    const second = await startTraced({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=edge,deployment.environment.name=test' })
    second.tracer.startRequest({}, 'x').end()
    await second.tracer.shutdown()
    expect(second.collector.resources[0]).toMatchObject({
      'service.name': 'edge',
      'deployment.environment.name': 'test',
    })
  })

  test('takes calls after its end, and a second end, in silence', async () => {
    const { tracer, collector, warnings } = await startTraced()
    const request = tracer.startRequest({}, 'GET /home')
    request.end()
    request.set({ late: true })
    request.fail('cancelled')
    request.event('late')
    request.end()
    await tracer.shutdown()
    expect(collector.spans).toHaveLength(1)
    expect(collector.spans[0]).toMatchObject({ status: 0, attributes: {}, events: [] })
    expect(warnings).toEqual([])
  })
})

describe('a request that is not recorded', () => {
  test('is one span for everything, and nothing reaches the collector', async () => {
    const { tracer, collector } = await startTraced({}, 0)
    const request = tracer.startRequest({}, 'GET /home')
    const child = request.child('call', 'client')
    expect(child).toBe(request)
    expect(request.sampled).toBe(false)
    expect(request.traceparent).toMatch(new RegExp(`^00-${request.traceId}-[0-9a-f]{16}-00$`))
    child.fail('timeout')
    child.end()
    request.end()
    await tracer.shutdown()
    expect(collector.spans).toEqual([])
  })

  test('follows a caller that did not sample, whatever the share', async () => {
    const { tracer, collector } = await startTraced({}, 1)
    const request = tracer.startRequest({ traceparent: unsampledParent }, 'GET /home')
    request.end()
    await tracer.shutdown()
    expect(request.traceparent).toBe(unsampledParent)
    expect(collector.spans).toEqual([])
  })

  test('links caller and backends to each other when no exporter is configured', async () => {
    const { tracer } = await startTracer({})
    const request = tracer.startRequest({ traceparent: sampledParent }, 'GET /home')
    expect(request.sampled).toBe(false)
    expect(request.child('call', 'client').traceparent).toBe(sampledParent)
    expect(tracer.startRequest({}, 'GET /home').traceparent).toMatch(/-01$/)
  })

  test('takes a parent id of its own where it overrules the caller’s sampling', async () => {
    const { tracer } = await startTracer({ OTEL_TRACES_SAMPLER: 'always_off' })
    const { traceparent } = tracer.startRequest({ traceparent: sampledParent }, 'GET /home')
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
    expect(traceparent).not.toContain(callerId)
  })

  test('is every one while OTEL_SDK_DISABLED is true', async () => {
    const { tracer, collector } = await startTraced({ OTEL_SDK_DISABLED: 'true' })
    expect(tracer.startRequest({}, 'x').traceparent).toMatch(/-00$/)
    tracer.startRequest({ traceparent: sampledParent }, 'x').end()
    await tracer.shutdown()
    expect(collector.spans).toEqual([])
  })
})

describe('a collector that fails', () => {
  const fast = {
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_BSP_MAX_QUEUE_SIZE: '64',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '16',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
  }

  test('that takes connections and never answers holds up nothing and is told of once', async () => {
    const silent = await opened(startTcpServer(() => {}))
    const { tracer, warnings } = await startTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: silent.url, ...fast })
    for (let round = 0; round < 20; round++) {
      for (let request = 0; request < 50; request++) tracer.startRequest({}, 'GET /home').end()
      await new Promise((later) => setTimeout(later, 25))
    }
    await silent.connected()
    expect(warnings).toHaveLength(1)
    await expect(tracer.shutdown(300)).resolves.toBeUndefined()
    expect(tracer.startRequest({}, 'GET /home').sampled).toBe(false)
  })

  test('that refuses connections neither throws nor floods the log', async () => {
    const silent = await opened(startTcpServer(() => {}))
    await silent.close()
    const { tracer, warnings } = await startTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: silent.url, ...fast })
    for (let round = 0; round < 10; round++) {
      for (let request = 0; request < 50; request++) tracer.startRequest({}, 'GET /home').end()
      await new Promise((later) => setTimeout(later, 25))
    }
    await tracer.shutdown(300)
    expect(warnings[0]).toMatch(/ECONNREFUSED|maxQueueSize/)
    expect(warnings.length).toBeLessThanOrEqual(2)
  })

  test('by an exporter’s name that does not exist leaves requests untraced and says so', async () => {
    const { tracer, warnings } = await startTracer({ OTEL_TRACES_EXPORTER: 'carrier-pigeon' })
    expect(tracer.startRequest({}, 'GET /home').sampled).toBe(false)
    expect(warnings.join('\n')).toContain('carrier-pigeon')
  })
})
