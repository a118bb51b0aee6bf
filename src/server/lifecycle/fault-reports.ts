import { type FaultPlace, faultPlaces, onFault } from '../../faults.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Metrics } from '../../telemetry/metrics.ts'

/**
 * Logs and counts the faults that ended one exchange each; the function it gives stops. They are the process's, whichever
 * gateway in it they happened to: every one tells of them.
 */
export function reportFaults(logger: Logger, { exchangeFaults }: Metrics): () => void {
  for (const place of faultPlaces) exchangeFaults.register(place)
  return onFault((thrown: unknown, place: FaultPlace) => {
    exchangeFaults.count(place)
    logger.error({ err: thrown, place }, 'an internal fault ended a connection')
  })
}
