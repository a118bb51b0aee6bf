import { readPackageVersion } from '../version.ts'
import { AdmissionMetrics } from './admission-metrics.ts'
import { ClientMetrics, RouteMetrics, StepMetrics } from './bound-metrics.ts'
import { ConnectionMetrics } from './connection-metrics.ts'
import { DiscoveryMetrics, EndpointMetrics } from './endpoint-metrics.ts'
import { chooseExposition } from './exposition.ts'
import type { Histogram, Scalar, ScalarFamily, Scrape, Series } from './families.ts'
import { HistoryMetrics } from './history-metrics.ts'
import { Meter } from './meter.ts'
import type { Configured, MeterDefinition, MetricDescription, ReloadReport } from './metric-types.ts'
import { ReloadMetrics } from './reload-metrics.ts'
import { ResultCounter, RetryBudgetMetrics } from './result-counter.ts'
import { SecretMetrics } from './secret-metrics.ts'
import { StoreMetrics } from './store-metrics.ts'
import { TriggerMetrics } from './trigger-metrics.ts'

export type { Configured, MeterDefinition, MetricDescription, ReloadReport } from './metric-types.ts'

/**
 * The metrics of one gateway. Bind at load what a request will observe: binding hashes labels, observing does not.
 * Labels are bounded by the configuration: routes are templates; methods and statuses are the known ones.
 */
export interface Metrics {
  /** `template` is the path as the route declares it; '' for a request that matched none. */
  route(method: string, template: string): RouteMetrics
  step(route: string, step: string): StepMetrics
  client(service: string, operation: string, method: string): ClientMetrics
  /** What the cache of a route's whole answers did: `hit`, `miss`, `stored`. Nothing yet where `count` is 0. */
  countRouteCache(route: string, result: string, count?: number): void
  /** In seconds. */
  firstPart(route: string): Histogram
  /** Gives how often that was so. */
  countDroppedHeader(route: string, header: string): number
  /** Answers that lack something, or have it from elsewhere. */
  countDegraded(route: string): void
  readonly store: StoreMetrics
  readonly admission: AdmissionMetrics
  /** Of a policy around calls of an operation. One that an extension defines is shown from then on. */
  policyCounter(meter: MeterDefinition, service: string, operation: string): ResultCounter
  policyGauge(meter: MeterDefinition, service: string, operation: string): Scalar
  versions(service: string): ResultCounter
  retryBudget(service: string): RetryBudgetMetrics
  endpoints(service: string): EndpointMetrics
  /** `source`: where endpoints are looked up, in a few words. */
  discovery(source: string): DiscoveryMetrics
  /** By what the platform called back for: faults of ours that ended one exchange each. */
  readonly exchangeFaults: ResultCounter
  readonly connections: ConnectionMetrics
  readonly secrets: SecretMetrics
  readonly history: HistoryMetrics
  readonly triggers: TriggerMetrics
  reloaded(report: ReloadReport): void
  /** Forgets what is no longer configured. */
  retain(configured: Configured): void
  /** Requests begun and not ended. */
  readonly activeRequests: number
  /** What there is, but for the metrics of the process itself. */
  readonly names: readonly string[]
  /** What is bound of a metric by now; nothing where there is none of that name. */
  series(name: string): Iterable<Series>
  /** Every metric there is, whether or not it was observed. */
  describe(): Promise<MetricDescription[]>
  /** Bounds of the durations that are bound from now on, in seconds, ascending. */
  useBuckets(bounds: readonly number[]): void
  /** The answer of /metrics, in the form that `accept` asks for. */
  render(accept?: string): Promise<{ contentType: string; text: string }>
}

const method = 'http_request_method'
const status = 'http_response_status_code'

/** @param policyMeters of policies around calls */
export function createMetrics(policyMeters: readonly MeterDefinition[] = []): Metrics {
  const meter = new Meter()
  const durations = meter.durations.bind(meter)
  const counter = meter.counter.bind(meter)
  const gauge = meter.gauge.bind(meter)

  const requests = durations('http_server_request', 'Duration of requests, from first byte to last', [
    method,
    'http_route',
    status,
  ])
  const active = gauge('http_server_active_requests', 'Requests in flight').bind()
  const clientLabels = ['service', 'operation', method, status, 'error_type']
  const attempts = durations('http_client_request', 'Duration of one attempt to call a backend', clientLabels)
  const steps = durations(
    'tessera_step',
    'Duration of steps, retries included, by outcome: ok, skipped, left-out (optional, and failed), or an error code',
    ['route', 'step', 'outcome'],
  )
  const firstParts = durations(
    'tessera_first_part',
    'Time from the first step to the first part of a page that goes out in parts',
    ['route'],
  )
  const fallbacks = counter(
    'tessera_fallback_total',
    'Failed calls by what was served in their place; skipped: nothing was, for an optional call',
    ['route', 'step', 'source'],
  )
  const endpoints = {
    states: gauge('tessera_endpoints', 'Endpoints by state', ['service', 'state']),
    ejections: counter('tessera_endpoint_ejections_total', 'Endpoints ejected by outlier detection', ['service']),
    failovers: counter('tessera_failover_total', 'Attempts that failed over to another endpoint', ['service']),
  }
  const policies = new Map<string, ScalarFamily>()
  const familyOf = ({ type, name, help, labels }: MeterDefinition): ScalarFamily => {
    const known = policies.get(name)
    if (known?.labelNames.join() === labels.join()) return known
    // One of its name was of an extension that is gone.
    if (known) meter.drop(known)
    const family = meter.scalar(type, name, help, labels)
    policies.set(name, family)
    return family
  }
  for (const definition of policyMeters) familyOf(definition)
  const versions = counter('tessera_version_total', 'Calls by service version', ['service', 'version'])
  const retryBudgets = {
    left: gauge('tessera_retry_budget', 'Retries and hedges left in the retry budget of a service', ['service']),
    refusals: counter(
      'tessera_retry_budget_exhausted_total',
      'Retries and hedges not made because the retry budget was exhausted',
      ['service'],
    ),
  }
  const discoveries = gauge('tessera_discovery_up', '1 while the registry answers, else 0', ['source'])
  const routeCaches = counter('tessera_route_cache_total', "Requests by the result of their route's response cache", [
    'route',
    'result',
  ])
  const droppedHeaders = counter(
    'tessera_response_headers_dropped_total',
    'Response headers dropped because their value cannot be sent',
    ['route', 'header'],
  )
  const degraded = counter('tessera_degraded_total', 'Degraded answers: something is left out, or stands in', ['route'])
  const store = new StoreMetrics({
    bytes: gauge('tessera_store_bytes', 'Size of the in-memory response store'),
    entries: gauge('tessera_store_entries', 'Entries in the in-memory response store'),
    evictions: counter('tessera_store_evictions_total', 'Entries evicted from the in-memory response store', []),
    failures: counter('tessera_store_failures_total', 'Failed operations on a shared response store', []),
  })
  const bounded = ['scope', 'name']
  const admission = new AdmissionMetrics({
    limit: gauge('tessera_bulkhead_limit', 'Concurrency limit of a bulkhead', bounded),
    inside: gauge('tessera_bulkhead_inside', 'Calls or requests holding a slot of a bulkhead', bounded),
    waiting: gauge('tessera_bulkhead_waiting', 'Calls or requests queued for a slot of a bulkhead', bounded),
    waits: durations('tessera_queue', 'Time spent queued by admitted calls or requests', bounded),
    shed: counter('tessera_shed_total', 'Calls or requests rejected by a bulkhead', [...bounded, 'reason']),
    rates: counter('tessera_rate_limit_total', 'Calls or requests checked against a rate limit, by result', [
      ...bounded,
      'result',
    ]),
    shared: gauge(
      'tessera_rate_limits_shared',
      '1 while rate limits are shared between replicas, 0 while each counts for itself',
    ),
    shedding: gauge('tessera_overload_shedding', 'Priorities that are shed because the process is overloaded'),
  })
  const exchangeFaults = counter('tessera_exchange_faults_total', 'Internal faults that ended a connection', ['place'])
  gauge('tessera_build_info', '1, with the version of Tessera and of Node', ['version', 'node']).bind(
    readPackageVersion(),
    process.versions.node,
  ).value = 1
  const connections = new ConnectionMetrics(gauge, counter)
  const secrets = new SecretMetrics(
    gauge('tessera_secret_file_up', '1 while the file of a secret can be read', ['file']),
  )
  const history = new HistoryMetrics({
    recorded: counter('tessera_history_recorded_total', 'Requests recorded, by why', ['reason']),
    dropped: counter('tessera_history_dropped_total', 'Recordings dropped, by why', ['reason']),
    bytes: gauge('tessera_history_bytes', 'Size of the recordings that are kept'),
    runs: gauge('tessera_history_runs', 'Recordings that are kept'),
  })
  const triggers = new TriggerMetrics({
    runs: counter('tessera_trigger_total', 'What became of moments and messages that begin runs', ['route', 'result']),
    emitted: counter('tessera_stream_emitted_total', 'Messages written to a stream', ['stream', 'result']),
    up: gauge('tessera_stream_up', '1 while the broker of a stream answers, else 0', ['stream']),
    lag: gauge('tessera_stream_lag', 'Messages of a group that are not acknowledged', ['stream', 'group']),
  })
  const reloads = new ReloadMetrics({
    isOk: gauge('tessera_config_last_reload_successful', '1 if the last reload succeeded, else 0'),
    at: gauge(
      'tessera_config_last_reload_timestamp_seconds',
      'Time of the last successful reload, seconds since the epoch',
    ),
    snapshot: gauge('tessera_snapshot_info', 'Version of the configuration being served', ['version']),
    diagnostics: gauge('tessera_config_diagnostics', 'Diagnostics of the last reload, by severity', ['severity']),
  })

  return {
    route: (method, template) => new RouteMetrics(requests, active, method, template),
    step: (route, step) => new StepMetrics(steps, fallbacks, route, step),
    client: (service, operation, method) => new ClientMetrics(attempts, service, operation, method),
    countRouteCache(route, result, count = 1) {
      routeCaches.bind(route, result).value += count
    },
    firstPart: (route) => firstParts.bind(route),
    countDegraded(route) {
      degraded.bind(route).value++
    },
    countDroppedHeader: (route, header) => ++droppedHeaders.bind(route, header).value,
    store,
    admission,
    policyCounter: (definition, service, operation) => new ResultCounter(familyOf(definition), service, operation),
    policyGauge: (definition, service, operation) => familyOf(definition).bind(service, operation),
    versions: (service) => new ResultCounter(versions, service),
    retryBudget: (service) => new RetryBudgetMetrics(retryBudgets.left, retryBudgets.refusals, service),
    endpoints: (service) => new EndpointMetrics(endpoints, service),
    discovery: (source) => new DiscoveryMetrics(discoveries, source),
    exchangeFaults: new ResultCounter(exchangeFaults),
    connections,
    secrets,
    history,
    triggers,
    reloaded: (report) => reloads.tell(report),
    retain({ routes, templates, services, sources }) {
      requests.retain('http_route', new Set([...templates, '']))
      for (const family of [steps, firstParts, fallbacks, degraded, routeCaches, droppedHeaders])
        family.retain('route', routes)
      const byService = [
        attempts,
        ...policies.values(),
        ...Object.values(endpoints),
        versions,
        ...Object.values(retryBudgets),
      ]
      for (const family of byService) family.retain('service', services)
      admission.retain(new Set([...routes, ...services, 'gateway']))
      if (sources) discoveries.retain('source', sources)
    },
    get activeRequests() {
      return active.value
    },
    get names() {
      return meter.names
    },
    series: (name) => meter.series(name),
    async describe() {
      const registry = await meter.registry()
      const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames?: readonly string[] }[]
      const labels = new Map(metrics.map(({ name, labelNames = [] }) => [name, labelNames]))
      const scraped = await registry.getMetricsAsJSON()
      return scraped.map(({ name, type, help }) => ({ name, type: String(type), help, labels: labels.get(name) ?? [] }))
    },
    useBuckets: (bounds) => meter.useBuckets(bounds),
    async render(accept) {
      const registry = await meter.registry()
      secrets.look()
      triggers.look()
      connections.look()
      const { contentType, print } = chooseExposition(accept)
      return { contentType, text: print((await registry.getMetricsAsJSON()) as unknown as Scrape[]) }
    },
  }
}
