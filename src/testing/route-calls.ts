import type { CallSite } from '../calls/policy.ts'
import { everyStep } from '../plan/bound-route.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { callsBeside } from '../steps/step-call.ts'

/** A place in a route that calls a backend, by the names a test may use for it. */
export interface RouteCall {
  readonly site: CallSite
  /** `reco.recommend` */
  readonly operation: string
  /** The step's id; a fallback's call to another operation has none of its own. */
  readonly step: string | undefined
}

/** Every call that a route may make, those of its fallbacks included. */
export function callsOf(route: AggregatedRoute): RouteCall[] {
  return [...everyStep(route.bound.body)].flatMap(({ name, call }) => {
    if (!call) return []
    return [named(call.site, name), ...callsBeside(call).map(({ site }) => named(site, undefined))]
  })
}

/** What a degraded answer may name: the steps of a route, and its response. */
export function stepsOf(route: AggregatedRoute): Set<string> {
  return new Set([...[...everyStep(route.bound.body)].map(({ name }) => name), 'response'])
}

function named(site: CallSite, step: string | undefined): RouteCall {
  return { site, operation: `${site.service.name}.${site.operation}`, step }
}

/** Whether `reco.recommend` or `recommend` means this call. */
export function isCalled(call: RouteCall, name: string): boolean {
  return call.operation === name || call.step === name
}
