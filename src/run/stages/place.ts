import type { Bulkhead } from '../../admission/bulkhead.ts'
import { waitForPlace } from '../../admission/place.ts'
import type { Clock } from '../../clock.ts'
import type { RouteRequest } from '../route-request.ts'
import type { Client, Departure, Handle } from '../stage.ts'

export interface PlaceRules {
  readonly clientOf: (request: RouteRequest) => string
  /** What whom the place is at took for the request, in milliseconds; undefined where that tells nothing of it. */
  readonly tookMs: (departure: Departure, stayedMs: number) => number | undefined
}

/** Takes a place in a bulkhead until nothing of the request takes up room any more. */
export function takePlace(bulkhead: Bulkhead, clock: Clock, { clientOf, tookMs }: PlaceRules) {
  return (next: Handle): Handle => {
    function stay(request: RouteRequest, client: Client) {
      const enteredAt = clock.now()
      client.whenGone((departure) => bulkhead.leave(tookMs(departure, clock.now() - enteredAt)))
      return next(request, client)
    }

    return (request, client) => {
      if (bulkhead.tryEnter()) return stay(request, client)
      const { scope, span } = client
      const { deadline, rank } = request
      const entering = waitForPlace(bulkhead, { scope, deadline, rank, client: clientOf(request) }, span)
      return entering.then(() => stay(request, client))
    }
  }
}
