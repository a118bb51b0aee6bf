import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Backends } from '../../src/calls/registry.ts'
import { systemClock } from '../../src/clock.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import { callContext, callSite, RecordingMetrics, RecordingSpan, serviceTarget } from '../support/sites.ts'

let slow: TestServer
let fast: TestServer
let backends: Backends
let metrics: RecordingMetrics

beforeEach(async () => {
  slow = await startHttpServer(() => {})
  fast = await startHttpServer((_request, response) => response.end('{"from":"fast"}'))
  metrics = new RecordingMetrics()
  backends = new Backends({ clock: systemClock, metrics: { forSite: () => metrics } })
})

afterEach(async () => {
  await backends.close()
  await Promise.all([slow.close(), fast.close()])
})

const hedge = { after: { ms: 20 }, max: 1 }
const breaker = { errorRate: 0.1, windowMs: 10_000, minCalls: 1, openMs: 60_000 }

describe('a hedged call of two endpoints of which one hangs', () => {
  test('is answered by the other, and the socket that hung is closed', async () => {
    const { calls } = backends.open([callSite({ service: serviceTarget(slow.url, fast.url), hedge })])
    const response = await calls[0]!(callContext(systemClock))
    expect(response).toMatchObject({ body: { value: { from: 'fast' } }, attempts: 2, source: 'live' })
    await slow.disconnected()
  })

  test('leaves a span of each attempt, which tells the hedge from the first', async () => {
    const span = new RecordingSpan(true)
    const { calls } = backends.open([callSite({ service: serviceTarget(slow.url, fast.url), hedge })])
    await calls[0]!(callContext(systemClock, { span }))
    await slow.disconnected()
    expect(
      span.children.map(({ attributes, errorType, isEnded }) => [attributes['tessera.hedge'], errorType, isEnded]),
    ).toEqual([
      [undefined, 'cancelled', true],
      [true, undefined, true],
    ])
    expect(metrics.lines).toEqual(['attempt 200 ok', 'hedge won', 'attempt - cancelled'])
  })

  test('does not count against the endpoint that was left, nor open the breaker', async () => {
    const care = {
      health: undefined,
      outlier: { failures: 1, ejectMs: 60_000, maxEjected: 1 },
      failover: undefined,
      slowStartMs: undefined,
      zone: undefined,
    }
    const service = { ...serviceTarget(slow.url, fast.url), care }
    const { calls } = backends.open([callSite({ service, hedge, breaker })])
    for (let call = 0; call < 4; call++) {
      expect((await calls[0]!(callContext(systemClock))).status).toBe(200)
    }
    expect(backends.endpointsOf(service).map(({ condition }) => condition.state)).toEqual(['healthy', 'healthy'])
  })
})
