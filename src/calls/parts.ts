import type { OpenRate } from '../admission/admission.ts'
import type { Bulkhead } from '../admission/bulkhead.ts'
import type { Clock } from '../clock.ts'
import type { ServiceEndpoints } from '../endpoints/service-endpoints.ts'
import type { ResponseStore } from '../stores/store.ts'
import type { Changes } from './http-caching/changes.ts'
import type { RetryBudget } from './policies/retry-budget.ts'
import type { SiteMetrics } from './site-metrics.ts'

/** What a site's onion shares with others: everything that lives longer than one call. */
export interface StackParts {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly metrics: SiteMetrics
  readonly endpoints: ServiceEndpoints
  readonly retryBudget: RetryBudget
  /** Undefined where the service takes any number of calls at once. */
  readonly bulkhead: Bulkhead | undefined
  /** Undefined where the service takes any number of calls in a time. */
  readonly rate: OpenRate | undefined
  readonly store: ResponseStore
  /** Whether anybody now keeps answers of its service in the store, until something changes there. */
  readonly isKept: () => boolean
  readonly changes: Changes
  /** Whether requests are recorded, some of them at least. */
  readonly captures: boolean
}
