import type { CallRequest } from '../../../calls/call.ts'
import { latin1Of, uriOf } from '../../../calls/http-caching/request-key.ts'
import { mayBeShared, type Sharing, sharingOf } from '../../../calls/http-caching/storable.ts'
import type { Layer, LayerResponse, OngoingCall, Policy } from '../../../calls/layer.ts'
import type { CallSite, PolicyParts } from '../../../calls/policy.ts'
import { longestCallMs } from '../../../calls/worst-case.ts'
import { GatewayError, toGatewayError } from '../../../errors.ts'
import { Flight, type Settled } from './flight.ts'

/** The calls in flight of sites that may join each other, by all that was rendered for them. */
export type Flights = Map<string, Flight>

/** Something changed at a URI: what is under way may tell of what was before, so nobody joins it any more. */
export function closeTo(flights: Flights, uri: string): void {
  for (const [key, flight] of flights) if (flight.uri === uri) flights.delete(key)
}

/**
 * Makes equal calls once: who comes while one is under way waits for its answer. Equal is what was rendered alike to
 * the last header, so that nobody is given what was asked for with another's credentials. An answer that a shared
 * cache must not keep (`private`, `no-store`) or that sets a cookie is one caller's only: the others then ask for
 * themselves (RFC 9111 section 4).
 * @param flights those that it may join; without them each flies alone, so that it ends with nobody's request
 */
export function singleflight(parts: PolicyParts, flights: Flights | undefined): Policy {
  const { site, clock, events } = parts
  const sharing = sharingOf(site)
  const longestMs = longestCallMs(site)

  return (next) => (request, call) => {
    const { context } = call
    if (context.scope.reason) return Promise.reject(context.scope.reason)
    if (context.isApart || clock.now() >= context.deadline) return next(request, call)
    const key = flights ? keyOf(request) : ''
    const known = flights?.get(key)
    const flight: Flight =
      known ??
      new Flight(call, uriOf(site, request.path), longestMs, clock, () => {
        if (flights?.get(key) === flight) flights.delete(key)
      })
    const settled = flight.join(call, site.step)
    if (known) events.emit(context.span, 'joined')
    else {
      flights?.set(key, flight)
      flight.start(next, request)
    }
    return settled.then((outcome) => settle(outcome, { isFirst: !known, site, sharing, request, call, next }))
  }
}

function keyOf({ method, path, headers, body, owner }: CallRequest): string {
  return JSON.stringify([method, path, headers, latin1Of(body), owner])
}

interface Asking {
  readonly isFirst: boolean
  readonly site: CallSite
  readonly sharing: Sharing
  readonly request: CallRequest
  readonly call: OngoingCall
  readonly next: Layer
}

function settle(settled: Settled, { isFirst, site, sharing, request, call, next }: Asking) {
  if ('thrown' in settled) {
    const error = toGatewayError(settled.thrown)
    if (isFirst) throw error
    if (error.response?.isPersonal) return next(request, call)
    throw copyError(error, site.step)
  }
  const { response, isOwner } = settled
  // What a flight does counts for nobody while it is under way.
  if (response.redirects) call.context.countCalls?.(response.redirects.length)
  if (isOwner) return response
  return mayBeShared(sharing, request, response) ? shareOf(response) : next(request, call)
}

function shareOf({ status, headers, body }: LayerResponse): LayerResponse {
  return { status, headers, body, source: 'coalesced', attempts: 0 }
}

/** Who shares a failure has it happen in a step of its own. */
function copyError(error: GatewayError, step: string): GatewayError {
  const { code, status, title, detail, reason, response, faults, retryAfter, cause } = error
  return new GatewayError(code, { step, status, title, detail, reason, response, faults, retryAfter, cause })
}
