import type { Metric, Registry } from 'prom-client'
import type { Severity } from '../diagnostics/codes.ts'
import { readPackageVersion } from '../version.ts'
import { AdmissionMetrics } from './admission-metrics.ts'
import { ClientMetrics, RouteMetrics, StepMetrics } from './bound-metrics.ts'
import { DiscoveryMetrics, EndpointMetrics } from './endpoint-metrics.ts'
import { chooseExposition } from './exposition.ts'
import { type Histogram, HistogramFamily, type Scalar, ScalarFamily, type Scrape } from './families.ts'
import type { Configured, MeterDefinition, MetricDescription, ReloadReport } from './metric-types.ts'
import { ResultCounter, RetryBudgetMetrics } from './result-counter.ts'
import { StoreMetrics } from './store-metrics.ts'
import { TlsMetrics } from './tls-metrics.ts'

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
  readonly tls: TlsMetrics
  reloaded(report: ReloadReport): void
  /** `states`: asked at each scrape which files of secrets can be read. */
  followSecrets(states: () => Iterable<readonly [path: string, isUp: boolean]>): void
  /** Forgets what is no longer configured. */
  retain(configured: Configured): void
  /** Requests begun and not ended. */
  readonly activeRequests: number
  /** What there is, but for the metrics of the process itself. */
  readonly names: readonly string[]
  /** Every metric there is, whether or not it was observed. */
  describe(): Promise<MetricDescription[]>
  /** Bounds of the durations that are bound from now on, in seconds, ascending. */
  useBuckets(bounds: readonly number[]): void
  /** The answer of /metrics, in the form that `accept` asks for. */
  render(accept?: string): Promise<{ contentType: string; text: string }>
}

/** The boundaries that OpenTelemetry's semantic conventions give for HTTP durations, in seconds. */
const durationBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const method = 'http_request_method'
const status = 'http_response_status_code'
const severities: readonly Severity[] = ['error', 'warning', 'hint']

type Family = HistogramFamily | ScalarFamily

/** @param policyMeters of policies around calls */
export function createMetrics(policyMeters: readonly MeterDefinition[] = []): Metrics {
  const families: Family[] = []
  let opening: Promise<Registry> | undefined
  const keep = <Kind extends Family>(family: Kind): Kind => {
    families.push(family)
    return family
  }
  const histograms: HistogramFamily[] = []
  const durations = (name: string, help: string, labels: readonly string[]) => {
    const family = keep(new HistogramFamily(`${name}_duration_seconds`, help, labels, durationBounds))
    histograms.push(family)
    return family
  }
  const counter = (name: string, help: string, labels: readonly string[]) =>
    keep(new ScalarFamily('counter', name, help, labels))
  const gauge = (name: string, help: string, labels: readonly string[] = []) =>
    keep(new ScalarFamily('gauge', name, help, labels))

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
    if (known) families.splice(families.indexOf(known), 1)
    const family = keep(new ScalarFamily(type, name, help, labels))
    policies.set(name, family)
    void opening?.then((registry) => {
      registry.removeSingleMetric(name)
      registry.registerMetric(family as unknown as Metric)
    })
    return family
  }
  for (const meter of policyMeters) familyOf(meter)
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
  const tls = new TlsMetrics({
    expiries: gauge('tessera_tls_expiry_seconds', 'Time until a certificate of a listener expires, by its first name', [
      'listener',
      'name',
    ]),
    faults: counter('tessera_tls_handshake_failures_total', 'TLS handshakes that failed', ['listener', 'reason']),
  })
  const secrets = gauge('tessera_secret_file_up', '1 while the file of a secret can be read', ['file'])
  let secretStates: () => Iterable<readonly [path: string, isUp: boolean]> = () => []
  const lookAtSecrets = () => {
    const states = new Map(secretStates())
    secrets.retain('file', new Set(states.keys()))
    for (const [path, isUp] of states) secrets.bind(path).value = isUp ? 1 : 0
  }
  const reloadOk = gauge('tessera_config_last_reload_successful', '1 if the last reload succeeded, else 0').bind()
  const reloadAt = gauge(
    'tessera_config_last_reload_timestamp_seconds',
    'Time of the last successful reload, seconds since the epoch',
  ).bind()
  const snapshot = gauge('tessera_snapshot_info', 'Version of the configuration being served', ['version'])
  const diagnostics = gauge('tessera_config_diagnostics', 'Diagnostics of the last reload, by severity', ['severity'])
  const openRegistry = () => (opening ??= register(families))

  return {
    route: (method, template) => new RouteMetrics(requests, active, method, template),
    step: (route, step) => new StepMetrics(steps, fallbacks, route, step),
    client: (service, operation, method) => new ClientMetrics(attempts, service, operation, method),
    countRouteCache(route, result, count = 1) {
      routeCaches.bind(route, result).value += count
    },
    firstPart: (route) => firstParts.bind(route),
    countDroppedHeader: (route, header) => ++droppedHeaders.bind(route, header).value,
    store,
    admission,
    policyCounter: (meter, service, operation) => new ResultCounter(familyOf(meter), service, operation),
    policyGauge: (meter, service, operation) => familyOf(meter).bind(service, operation),
    versions: (service) => new ResultCounter(versions, service),
    retryBudget: (service) => new RetryBudgetMetrics(retryBudgets.left, retryBudgets.refusals, service),
    endpoints: (service) => new EndpointMetrics(endpoints, service),
    discovery: (source) => new DiscoveryMetrics(discoveries, source),
    exchangeFaults: new ResultCounter(exchangeFaults),
    tls,
    reloaded(report) {
      reloadOk.value = report.ok ? 1 : 0
      if (report.ok) reloadAt.value = report.atSeconds
      const versions = report.version === undefined ? [] : [report.version]
      snapshot.retain('version', new Set(versions))
      for (const version of versions) snapshot.bind(version).value = 1
      for (const severity of severities) diagnostics.bind(severity).value = report.diagnostics[severity] ?? 0
    },
    retain({ routes, templates, services, sources }) {
      requests.retain('http_route', new Set([...templates, '']))
      for (const family of [steps, firstParts, fallbacks, routeCaches, droppedHeaders]) family.retain('route', routes)
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
      return families.map(({ name }) => name)
    },
    async describe() {
      const registry = await openRegistry()
      const metrics = registry.getMetricsAsArray() as unknown as { name: string; labelNames?: readonly string[] }[]
      const labels = new Map(metrics.map(({ name, labelNames = [] }) => [name, labelNames]))
      const scraped = await registry.getMetricsAsJSON()
      return scraped.map(({ name, type, help }) => ({ name, type: String(type), help, labels: labels.get(name) ?? [] }))
    },
    followSecrets(states) {
      secretStates = states
    },
    useBuckets(bounds) {
      for (const family of histograms) family.useBounds(bounds)
    },
    async render(accept) {
      const registry = await openRegistry()
      lookAtSecrets()
      tls.look()
      const { contentType, print } = chooseExposition(accept)
      return { contentType, text: print((await registry.getMetricsAsJSON()) as unknown as Scrape[]) }
    },
  }
}

/** Hands the families to prom-client, and the process's own metrics: not before the first scrape, which not everyone makes. */
async function register(families: readonly Family[]): Promise<Registry> {
  const [{ Registry }, { registerProcessMetrics }] = await Promise.all([
    import('prom-client'),
    import('./process-metrics.ts'),
  ])
  const registry = new Registry()
  // The registry asks a metric for its name and `get()`; its type wants one of prom-client's own classes.
  for (const family of families) registry.registerMetric(family as unknown as Metric)
  registerProcessMetrics(registry)
  return registry
}
