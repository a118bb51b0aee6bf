import type { BackendMetrics } from '../backends/metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** What backends count, in telemetry's metrics. */
export function countBackends(metrics: Metrics): BackendMetrics {
  return {
    forSite({ route, step, service, operation, template }) {
      const client = metrics.client(service.name, operation, template.slice(0, template.indexOf(' ')))
      const stepMetrics = metrics.step(route, step)
      return {
        attempt: (status, errorCode, seconds) => client.observe(status, errorCode, seconds),
        // Every attempt is counted already.
        retry() {},
        fallback: (source) => stepMetrics.countFallback(source),
      }
    },
    breakerState: (service, operation, state) => metrics.breaker(service, operation).set(state),
  }
}
