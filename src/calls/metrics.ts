import type { DiscoveryMetrics, EndpointMetrics } from '../endpoints/metrics.ts'
import type { RetryBudgetMetrics } from './policies/retry-budget.ts'
import type { CallSite } from './policy.ts'
import type { MeteredKind } from './policy-events.ts'
import { type SiteMetrics, uncountedSite } from './site-metrics.ts'

/** What is counted of calls and endpoints; telemetry implements it. Nothing here may throw or wait. */
export interface BackendMetrics extends DiscoveryMetrics {
  /** Asked once a site, at load, so that no label is looked up while a request runs. */
  forSite(site: CallSite): SiteMetrics
  /** Asked once a shared state of a policy: shows a number of it. */
  gauge?(kind: MeteredKind, service: string, operation: string): (value: number) => void
  /** Asked once a service. */
  forEndpoints?(service: string): EndpointMetrics
  /** Asked once a service: counts calls by the version that they go to. */
  forVersions?(service: string): (version: string) => void
  /** Asked once a service. */
  forRetryBudget?(service: string): RetryBudgetMetrics
}

/** Counts nothing. */
export const uncounted: BackendMetrics = { forSite: () => uncountedSite }
