import type { Bulkhead } from '../../admission/bulkhead.ts'
import { waitForSlot } from '../../admission/slot.ts'
import type { Clock } from '../../clock.ts'
import type { RouteRequest } from '../route-request.ts'
import type { Client, Departure, Handle } from '../stage.ts'

export interface SlotRules {
  readonly clientOf: (request: RouteRequest) => string
  /** What whom the place is at took for the request, in milliseconds; undefined where that tells nothing of it. */
  readonly tookMs: (departure: Departure, stayedMs: number) => number | undefined
}

/** Takes a place in a bulkhead until nothing of the request takes up room any more. */
export function takeSlot(bulkhead: Bulkhead, clock: Clock, { clientOf, tookMs }: SlotRules) {
  return (next: Handle): Handle => {
    function stay(request: RouteRequest, client: Client) {
      const enteredAt = clock.now()
      client.whenGone((departure) => bulkhead.leave(tookMs(departure, clock.now() - enteredAt)))
      return next(request, client)
    }

    return (request, client) => {
      if (bulkhead.tryEnter()) return stay(request, client)
      const { scope, span } = client
      const { deadline, priority } = request
      const entering = waitForSlot(bulkhead, { scope, deadline, priority, client: clientOf(request) }, span)
      return entering.then(() => stay(request, client))
    }
  }
}
