import type { EndpointState } from './health/condition.ts'

/** What is counted of the endpoints of a service. */
export interface EndpointMetrics {
  /** So many are in each state now. */
  states(counts: Readonly<Record<EndpointState, number>>): void
  /** One was taken out for its failures. */
  ejected(): void
  /** A call that failed goes on to another endpoint. */
  failedOver(): void
}

/** What is counted of where endpoints are looked up. */
export interface DiscoveryMetrics {
  /** Whether a place where endpoints are looked up (`consul reco at …`) is up to date. */
  discoveryState?(source: string, isCurrent: boolean): void
}

/** Counts nothing. */
export const uncountedEndpoints: EndpointMetrics = { states() {}, ejected() {}, failedOver() {} }
