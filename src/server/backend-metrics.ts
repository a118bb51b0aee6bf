import type { BackendMetrics, SiteMetrics } from '../backends/metrics.ts'
import type { CacheMetrics } from '../telemetry/cache-metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** What backends count, in telemetry's metrics. */
export function countBackends(metrics: Metrics): BackendMetrics {
  return {
    forSite({ route, step, service, operation, template, cache, coalesce, hedge, mirror }) {
      const client = metrics.client(service.name, operation, template.slice(0, template.indexOf(' ')))
      const hedges = hedge && metrics.hedges(service.name, operation)
      const mirrors = mirror && metrics.mirrors(service.name, operation)
      const stepMetrics = metrics.step(route, step)
      return {
        attempt: (status, errorCode, seconds) => client.observe(status, errorCode, seconds),
        hedge: (result) => hedges?.count(result),
        mirror: (result) => mirrors?.count(result),
        retry: (errorCode) => client.countRetry(errorCode),
        fallback: (source) => stepMetrics.countFallback(source),
        ...countCaching(cache || coalesce ? metrics.cache(service.name, operation) : undefined),
      }
    },
    forEndpoints(service) {
      const endpoints = metrics.endpoints(service)
      return {
        states: (counts) => endpoints.setStates(counts),
        ejected: () => endpoints.countEjection(),
        failedOver: () => endpoints.countFailover(),
      }
    },
    forVersions(service) {
      const versions = metrics.versions(service)
      return (version) => versions.count(version)
    },
    forRetryBudget(service) {
      const budget = metrics.retryBudget(service)
      return { left: (retries) => budget.setLeft(retries), refused: () => budget.countRefusal() }
    },
    discoveryState: (source, isCurrent) => metrics.discovery(source).set(isCurrent),
    breakerState: (service, operation, state) => metrics.breaker(service, operation).set(state),
  }
}

/** A site without a cache has none to count. */
function countCaching(cache: CacheMetrics | undefined): Pick<SiteMetrics, 'cache' | 'coalesced'> {
  return { cache: (result) => cache?.count(result), coalesced: () => cache?.countJoined() }
}
