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

/** Counts nothing. */
export const uncountedEndpoints: EndpointMetrics = { states() {}, ejected() {}, failedOver() {} }
