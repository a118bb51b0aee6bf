import type { StoreObserver } from '../../stores/store.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/** What goes on in the store of answers, in telemetry's metrics and the log. */
export function observeStore(metrics: Metrics, logger: Logger): StoreObserver {
  const { store } = metrics
  return {
    size: (bytes, entries) => store.setSize(bytes, entries),
    evicted: () => store.countEviction(),
    failed: () => store.countFailure(),
    warn: (message) => logger.warn(message),
  }
}
