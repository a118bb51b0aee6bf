import type { BackendMetrics } from '../../calls/metrics.ts'
import { counterOf, type EventCounter, gaugeOf, type MeteredKind } from '../../calls/policy-events.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** What backends count, in telemetry's metrics. */
export function countBackends(metrics: Metrics): BackendMetrics {
  return {
    forSite({ route, step, service, operation, template, fallbacks }) {
      const client = metrics.client(service.name, operation, template.slice(0, template.indexOf(' ')))
      const stepMetrics = metrics.step(route, step)
      for (const { kind } of fallbacks) stepMetrics.showFallback(kind === 'lastGood' ? 'stale' : 'fallback')
      return {
        attempt: (status, errorCode, seconds) => client.observe(status, errorCode, seconds),
        events: (kind) => countEvents(kind, metrics, service.name, operation),
        fallback: (source) => stepMetrics.countFallback(source),
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
      return { show: (left) => budget.show(left), refused: () => budget.countRefusal() }
    },
    discoveryState: (source, isCurrent) => metrics.discovery(source).set(isCurrent),
    gauge(kind, service, operation) {
      const meter = gaugeOf(kind)
      if (!meter) return () => {}
      const gauge = metrics.policyGauge(meter, service, operation)
      return (value) => {
        gauge.value = value
      }
    },
  }
}

function countEvents(kind: MeteredKind, metrics: Metrics, service: string, operation: string): EventCounter {
  const meter = counterOf(kind)
  if (!meter) return () => {}
  const counter = metrics.policyCounter(meter, service, operation)
  for (const value of kind.events?.values ?? []) counter.register(value)
  // Without a label there is one series, whatever a policy calls what it tells.
  return kind.events?.label === undefined ? () => counter.count('') : (value) => counter.count(value)
}
