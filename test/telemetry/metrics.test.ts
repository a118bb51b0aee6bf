import { describe, expect, test } from '@jest/globals'
import { counterOf, gaugeOf, metersOf } from '../../src/calls/policy-events.ts'
import { breaker } from '../../src/operations/policies/breaker/breaker.ts'
import { policyKinds } from '../../src/operations/policies/index.ts'
import { retry } from '../../src/operations/policies/retry/retry.ts'
import { EventLoopWindow } from '../../src/telemetry/event-loop-window.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'

/** Reads the Prometheus text format into `name{labels}` → value, strictly: a line that does not fit is an error. */
async function scrape(metrics: Metrics): Promise<Map<string, number>> {
  const samples = new Map<string, number>()
  for (const line of (await metrics.render()).text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_0-9]+ /.test(line)) continue
    const [, series, value] = line.match(/^([a-z_][a-z_0-9]*(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/) ?? []
    if (series === undefined || Number.isNaN(Number(value))) throw new Error(`not a sample: ${line}`)
    if (samples.has(series)) throw new Error(`twice: ${series}`)
    samples.set(series, Number(value))
  }
  return samples
}

const seriesOf = (samples: Map<string, number>, name: string) =>
  [...samples.keys()].filter((key) => key.startsWith(name))

describe('a duration', () => {
  test('falls in every bucket that is not below it, and counts in sum and count', async () => {
    const metrics = createMetrics()
    const step = metrics.step('home', 'recommend')
    for (const seconds of [0.005, 0.02, 3, 60]) step.observe('live', seconds)
    const samples = await scrape(metrics)
    const bucket = (le: string) =>
      samples.get(`tessera_step_duration_seconds_bucket{le="${le}",route="home",step="recommend",outcome="live"}`)
    expect(['0.005', '0.01', '0.025', '2.5', '5', '10', '+Inf'].map(bucket)).toEqual([1, 1, 2, 2, 3, 3, 4])
    const labels = '{route="home",step="recommend",outcome="live"}'
    expect(samples.get(`tessera_step_duration_seconds_count${labels}`)).toBe(4)
    expect(samples.get(`tessera_step_duration_seconds_sum${labels}`)).toBeCloseTo(63.025)
  })

  test('that is no number, or negative, is left out', async () => {
    const metrics = createMetrics()
    const step = metrics.step('home', 'recommend')
    for (const seconds of [Number.NaN, -1, 0.5]) step.observe('live', seconds)
    const samples = await scrape(metrics)
    expect(samples.get('tessera_step_duration_seconds_sum{route="home",step="recommend",outcome="live"}')).toBe(0.5)
  })

  test('goes on in the same series when a reload binds the same labels again', async () => {
    const metrics = createMetrics()
    metrics.step('home', 'recommend').observe('live', 1)
    metrics.step('home', 'recommend').observe('live', 1)
    const samples = await scrape(metrics)
    expect(samples.get('tessera_step_duration_seconds_count{route="home",step="recommend",outcome="live"}')).toBe(2)
  })
})

describe('a request', () => {
  test('is counted by method, route template and status, and while it runs', async () => {
    const metrics = createMetrics()
    const home = metrics.route('GET', '/users/{id}')
    home.begin()
    home.begin()
    expect(metrics.activeRequests).toBe(2)
    home.end(200, 0.1)
    expect((await scrape(metrics)).get('http_server_active_requests')).toBe(1)
    home.end(504, 0.1)
    const samples = await scrape(metrics)
    const count = 'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/users/{id}"'
    expect(samples.get(`${count},http_response_status_code="200"}`)).toBe(1)
    expect(samples.get(`${count},http_response_status_code="504"}`)).toBe(1)
    expect(samples.get('http_server_active_requests')).toBe(0)
  })

  test('of a method or status that does not exist adds no series of its own', async () => {
    const metrics = createMetrics()
    for (const method of ['BREW', 'get', 'X'.repeat(1000)]) {
      for (const status of [0, 42, 1000, Number.NaN]) {
        const route = metrics.route(method, '')
        route.begin()
        route.end(status, 0.1)
      }
    }
    expect(seriesOf(await scrape(metrics), 'http_server_request_duration_seconds_count')).toEqual([
      'http_server_request_duration_seconds_count{http_request_method="_OTHER",http_route="",http_response_status_code=""}',
    ])
  })
})

describe('a call', () => {
  test('is told by its status, or by what went wrong', async () => {
    const metrics = createMetrics()
    const client = metrics.client('reco', 'recommend', 'GET')
    client.observe(200, undefined, 0.1)
    client.observe(200, undefined, 0.1)
    client.observe(200, 'invalid-response', 0.1)
    client.observe(undefined, 'timeout', 0.3)
    const samples = await scrape(metrics)
    const counts = seriesOf(samples, 'http_client_request_duration_seconds_count').map((series) => [
      series.replace(/.*(http_response_status_code.*)\}/, '$1'),
      samples.get(series),
    ])
    expect(counts).toEqual([
      ['http_response_status_code="200",error_type=""', 2],
      ['http_response_status_code="200",error_type="invalid-response"', 1],
      ['http_response_status_code="",error_type="timeout"', 1],
    ])
  })

  test('that something stood in for is counted by what did', async () => {
    const metrics = createMetrics()
    metrics.step('home', 'banners').countFallback('stale')
    metrics.step('home', 'banners').countFallback('stale')
    const samples = await scrape(metrics)
    expect(samples.get('tessera_fallback_total{route="home",step="banners",source="stale"}')).toBe(2)
  })

  test('that is made again is counted by why', async () => {
    const metrics = createMetrics(metersOf(policyKinds))
    const retries = metrics.policyCounter(counterOf(retry)!, 'reco', 'recommend')
    retries.count('unavailable')
    retries.count('unavailable')
    const samples = await scrape(metrics)
    const labels = '{service="reco",operation="recommend",error_type="unavailable"}'
    expect(samples.get(`tessera_retry_total${labels}`)).toBe(2)
  })
})

describe('a metric that an extension defines', () => {
  const meter = (...labels: string[]) => ({
    type: 'counter' as const,
    name: 'tessera_own_total',
    help: 'x',
    labels: ['service', 'operation', ...labels],
  })

  test('is shown from when it is first counted, also after a scrape', async () => {
    const metrics = createMetrics()
    expect(seriesOf(await scrape(metrics), 'tessera_own_total')).toEqual([])
    metrics.policyCounter(meter('result'), 'reco', 'get').count('well')
    const series = 'tessera_own_total{service="reco",operation="get",result="well"}'
    expect(seriesOf(await scrape(metrics), 'tessera_own_total')).toEqual([series])
  })

  test('takes the place of one of its name with other labels', async () => {
    const metrics = createMetrics()
    metrics.policyCounter(meter('result'), 'reco', 'get').count('well')
    await scrape(metrics)
    metrics.policyCounter(meter(), 'reco', 'get').count('')
    expect(seriesOf(await scrape(metrics), 'tessera_own_total')).toEqual([
      'tessera_own_total{service="reco",operation="get"}',
    ])
  })
})

describe('a reload', () => {
  test('that failed keeps the time and version of the one before it', async () => {
    const metrics = createMetrics()
    metrics.reloaded({ ok: true, atSeconds: 100, version: 'a1', diagnostics: { hint: 2 } })
    metrics.reloaded({ ok: false, atSeconds: 200, version: 'a1', diagnostics: { error: 3 } })
    const samples = await scrape(metrics)
    expect(samples.get('tessera_config_last_reload_successful')).toBe(0)
    expect(samples.get('tessera_config_last_reload_timestamp_seconds')).toBe(100)
    expect(samples.get('tessera_snapshot_info{version="a1"}')).toBe(1)
    expect(samples.get('tessera_config_diagnostics{severity="error"}')).toBe(3)
    expect(samples.get('tessera_config_diagnostics{severity="hint"}')).toBe(0)
  })

  test('leaves one version', async () => {
    const metrics = createMetrics()
    for (const version of ['a1', 'b2']) metrics.reloaded({ ok: true, atSeconds: 1, version, diagnostics: {} })
    expect(seriesOf(await scrape(metrics), 'tessera_snapshot_info')).toEqual(['tessera_snapshot_info{version="b2"}'])
  })

  test('drops the series of what is no longer configured', async () => {
    const metrics = createMetrics(metersOf(policyKinds))
    for (const name of ['old', 'new']) {
      metrics.step(name, 'call').observe('live', 1)
      metrics.step(name, 'call').countFallback('stale')
      metrics.client(name, 'get', 'GET').observe(200, undefined, 1)
      metrics.policyCounter(counterOf(retry)!, name, 'get').count('timeout')
      metrics.policyGauge(gaugeOf(breaker)!, name, 'get').value = 2
      const route = metrics.route('GET', `/${name}`)
      route.begin()
      route.end(200, 1)
    }
    const unmatched = metrics.route('GET', '')
    unmatched.begin()
    unmatched.end(404, 1)
    metrics.retain({ routes: new Set(['new']), templates: new Set(['/new']), services: new Set(['new']) })
    const samples = await scrape(metrics)
    expect([...samples.keys()].filter((series) => series.includes('old'))).toEqual([])
    expect(seriesOf(samples, 'http_server_request_duration_seconds_count')).toHaveLength(2)
    expect(samples.get('tessera_breaker_state{service="new",operation="get"}')).toBe(2)
  })
})

describe('/metrics', () => {
  test('tells of the process, and escapes labels', async () => {
    const metrics = createMetrics()
    metrics.step('a "quoted"\nname\\', 'x').countFallback('stale')
    const samples = await scrape(metrics)
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(samples.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
    expect(samples.get('tessera_fallback_total{route="a \\"quoted\\"\\nname\\\\",step="x",source="stale"}')).toBe(1)
    expect((await metrics.render()).contentType).toMatch(/^text\/plain/)
  })

  test('of two gateways in one process are their own', async () => {
    const [first, second] = [createMetrics(), createMetrics()]
    first.step('home', 'x').countFallback('stale')
    expect(seriesOf(await scrape(second), 'tessera_fallback_total')).toEqual([])
  })
})

describe('OpenMetrics', () => {
  const traceId = 'a'.repeat(32)
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5'

  test('has exemplars of traces that are recorded, counters without `_total` in their family, and an end', async () => {
    const metrics = createMetrics()
    metrics.step('home', 'x').countFallback('stale')
    const route = metrics.route('GET', '/home')
    route.begin()
    route.end(200, 0.03, 'GET', traceId)
    route.begin()
    route.end(200, 0.2, 'GET')
    const { contentType, text } = await metrics.render(accept)
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(text).toContain(
      '# TYPE tessera_fallback counter\ntessera_fallback_total{route="home",step="x",source="stale"} 1',
    )
    const examples = text.split('\n').filter((line) => line.includes(' # '))
    expect(examples).toHaveLength(1)
    expect(examples[0]).toMatch(new RegExp(`le="0.05".* 1 # \\{trace_id="${traceId}"\\} 0\\.03 \\d+\\.\\d{3}$`))
  })

  test.each([undefined, '*/*', 'text/plain', 'application/openmetrics-text;q=0'])('is not for %s', async (other) => {
    const { contentType, text } = await createMetrics().render(other)
    expect(contentType).toMatch(/^text\/plain/)
    expect(text).not.toMatch(/ # \{|# EOF/)
  })
})

test('the version of Tessera and of Node is a metric', async () => {
  const [series] = seriesOf(await scrape(createMetrics()), 'tessera_build_info')
  expect(series).toBe(`tessera_build_info{version="0.1.0",node="${process.versions.node}"}`)
})

test('durations fall in the buckets that are chosen', async () => {
  const metrics = createMetrics()
  metrics.useBuckets([0.1, 1])
  const route = metrics.route('GET', '/home')
  route.begin()
  route.end(200, 0.5)
  const bounds = seriesOf(await scrape(metrics), 'http_server_request_duration_seconds_bucket')
  expect(bounds.map((series) => /le="([^"]*)"/.exec(series)![1])).toEqual(['0.1', '1', '+Inf'])
})

test('two who scrape see the same of the event loop, for half a minute at least', () => {
  const turns: (() => void)[] = []
  let busy = 0
  const used = () => ({ idle: 100 - busy, active: busy, utilization: busy / 100 })
  const window = new EventLoopWindow((_, turn) => turns.push(turn), used)
  busy = 50
  const seen = [window.utilization, window.utilization]
  expect(seen[0]).toBe(seen[1])
  turns[0]!()
  expect(window.utilization).toBe(seen[0])
})
