import type { Clock } from '../../clock.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { Overload } from './overload.ts'

/** Watches over this process as the configuration that serves says, and tells the log and the metrics. */
export function watchOverload(serving: () => Serving, clock: Clock, logger: Logger, metrics: Metrics): Overload {
  const snapshot = () => serving().current.snapshot
  return new Overload({
    clock,
    policy: () => snapshot().settings.overload,
    onCut: (classes) => metrics.admission.shedding(classes),
    onChange(isShedding, { delayMs, heap }) {
      const about = { loop_delay_ms: delayMs, heap: Math.round(heap * 100) / 100 }
      if (isShedding) logger.warn(about, 'the process is overloaded: shedding requests, the lowest priority first')
      else logger.info(about, 'the process is no longer overloaded')
    },
  })
}
