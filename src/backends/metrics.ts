import type { CallSite, Source } from './call.ts'
import type { EndpointState } from './health/condition.ts'
import type { RetryBudgetMetrics } from './policies/retry-budget.ts'
import type { PolicyKind } from './policy.ts'
import type { EventCounter } from './policy-events.ts'

/** What this room counts; telemetry implements it. Nothing here may throw or wait. */
export interface BackendMetrics {
  /** Asked once a site, at load, so that no label is looked up while a request runs. */
  forSite(site: CallSite): SiteMetrics
  /** Asked once a shared state of a policy: shows a number of it. */
  gauge?(kind: PolicyKind, service: string, operation: string): (value: number) => void
  /** Asked once a service. */
  forEndpoints?(service: string): EndpointMetrics
  /** Asked once a service: counts calls by the version that they go to. */
  forVersions?(service: string): (version: string) => void
  /** Asked once a service. */
  forRetryBudget?(service: string): RetryBudgetMetrics
  /** Whether a place where endpoints are looked up (`consul reco at …`) is up to date. */
  discoveryState?(source: string, isCurrent: boolean): void
}

/** What is counted of the endpoints of a service. */
export interface EndpointMetrics {
  /** So many are in each state now. */
  states(counts: Readonly<Record<EndpointState, number>>): void
  /** One was taken out for its failures. */
  ejected(): void
  /** A call that failed goes on to another endpoint. */
  failedOver(): void
}

export interface SiteMetrics {
  /** One attempt ended: with `status` when the backend answered, with `errorCode` unless it was a success. */
  attempt(status: number | undefined, errorCode: string | undefined, seconds: number): void
  /** Asked once a policy of the site: counts what happens in it. */
  events(kind: PolicyKind): EventCounter
  /** A fallback answered in the backend's place. */
  fallback(source: Source, errorCode: string): void
}

const uncountedSite: SiteMetrics = {
  attempt() {},
  fallback() {},
  events: () => () => {},
}

/** Counts nothing. */
export const uncounted: BackendMetrics = { forSite: () => uncountedSite }

/** Counts nothing of endpoints. */
export const uncountedEndpoints: EndpointMetrics = { states() {}, ejected() {}, failedOver() {} }
