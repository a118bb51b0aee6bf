import { GatewayError, toGatewayError } from '../../errors.ts'
import type { CallRequest, CallSite } from '../call.ts'
import { mayBeShared } from '../http-caching/storable.ts'
import { type Layer, type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import { longestCallMs } from '../worst-case.ts'
import { Flight, type Landing } from './flight.ts'

/** The calls in flight of sites that may join each other, by all that was rendered for them. */
export type Flights = Map<string, Flight>

type CoalesceParts = Pick<StackParts, 'clock' | 'metrics' | 'flights'>

/**
 * Makes equal calls once: who comes while one is under way waits for its answer. Equal is what was rendered alike to
 * the last header, so that nobody is given what was asked for with another's credentials. An answer that a shared
 * cache must not keep (`private`, `no-store`) or that sets a cookie is one caller's only: the others then ask for
 * themselves (RFC 9111 section 4).
 */
export function coalesce(site: CallSite, { clock, metrics, flights }: CoalesceParts): Policy {
  if (!flights) return passThrough
  const longestMs = longestCallMs(site)

  function settle(landing: Landing, isFirst: boolean, request: CallRequest, call: OngoingCall, next: Layer) {
    if ('thrown' in landing) {
      const error = toGatewayError(landing.thrown)
      if (isFirst) throw error
      if (error.response?.isPersonal) return next(request, call)
      throw copyError(error, site.step)
    }
    const { response, isOwner } = landing
    if (isOwner) return response
    return mayBeShared(site, request, response) ? shareOf(response) : next(request, call)
  }

  return (next) => (request, call) => {
    const { context } = call
    if (context.scope.reason) return Promise.reject(context.scope.reason)
    if (clock.now() >= context.deadline) return next(request, call)
    const { method, path, headers, body } = request
    const key = JSON.stringify([method, path, headers, body])
    // A cache asks for nobody in particular, so its calls fly too, if they must alone.
    const known = site.coalesce ? flights.get(key) : undefined
    const flight: Flight =
      known ??
      new Flight(call, longestMs, clock, () => {
        if (flights.get(key) === flight) flights.delete(key)
      })
    const landing = flight.join(call, site.step)
    if (known) {
      metrics.coalesced()
      if (context.span.sampled) context.span.event('tessera.coalesced')
    } else {
      if (site.coalesce) flights.set(key, flight)
      flight.start(next, request)
    }
    return landing.then((landed) => settle(landed, !known, request, call, next))
  }
}

function shareOf({ status, headers, body }: LayerResponse): LayerResponse {
  return { status, headers, body, source: 'coalesced', attempts: 0 }
}

/** Who shares a failure has it happen in a step of its own. */
function copyError(error: GatewayError, step: string): GatewayError {
  const { code, status, title, detail, response, faults, retryAfter, cause } = error
  return new GatewayError(code, { step, status, title, detail, response, faults, retryAfter, cause })
}

interface FlightGroup {
  readonly site: CallSite
  readonly policies: string
  readonly flights: Flights
}

/** Finds the flights that a site shares with others: those with equal policies of the same operation. */
export class FlightGroups {
  /** By what an operation, as it was bound, has for itself: those of a configuration that is gone are forgotten with it. */
  readonly #byOperation = new WeakMap<CallSite['isSuccess'], FlightGroup[]>()

  flightsOf(site: CallSite): Flights | undefined {
    if (!site.coalesce && !site.cache) return undefined
    const policies = describePolicies(site)
    const groups = this.#byOperation.get(site.isSuccess) ?? []
    this.#byOperation.set(site.isSuccess, groups)
    const known = groups.find((group) => group.policies === policies && group.site.isUsable === site.isUsable)
    if (known) return known.flights
    const flights: Flights = new Map()
    groups.push({ site, policies, flights })
    return flights
  }
}

/** All about a site that is data, but where it stands and what covers its failures. */
function describePolicies(site: CallSite): string {
  const staysBytes = site.indexBody !== undefined
  const policies = site.policies.map(({ kind, config }) => [kind.name, config])
  return JSON.stringify({ ...site, policies, staysBytes, route: undefined, step: undefined, fallbacks: undefined })
}
