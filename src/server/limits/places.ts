import type { Bulkhead } from '../../backends/admission/bulkhead.ts'
import { waitForPlace } from '../../backends/admission/place.ts'
import { contained } from '../../faults.ts'
import type { Exchange } from '../exchange.ts'
import type { Stage, Visit } from './stage.ts'

export interface PlaceRules {
  readonly rankOf: (visit: Visit) => number
  readonly clientOf: (visit: Visit) => string
  /** What whom the place is at took for the request, in milliseconds; undefined where that tells nothing of it. */
  readonly tookMs: (exchange: Exchange, stayedMs: number) => number | undefined
}

/** Takes a place in a bulkhead until nothing of the request takes up room any more. */
export function takePlace(bulkhead: Bulkhead, { rankOf, clientOf, tookMs }: PlaceRules): Stage {
  function stayIn(exchange: Exchange): undefined {
    const { clock } = exchange.serving
    const startedAt = clock.now()
    const leave = () => bulkhead.leave(tookMs(exchange, clock.now() - startedAt))
    if (exchange.isGone) leave()
    else exchange.room.once('close', contained('response', exchange, leave))
  }

  return (visit) => {
    const { exchange, scope, deadline, span } = visit
    if (bulkhead.tryEnter()) return stayIn(exchange)
    const visitor = { scope, deadline, rank: rankOf(visit), client: clientOf(visit) }
    return waitForPlace(bulkhead, visitor, span).then(() => stayIn(exchange))
  }
}
