/** `full`: no place to wait; `late`: it could not be done in time; `rate`: beyond a rate limit. */
export type ShedReason = 'full' | 'late' | 'rate'

/** What is counted of one bulkhead. Nothing here may throw or wait. */
export interface BulkheadMetrics {
  limit(places: number): void
  inside(count: number): void
  waiting(count: number): void
  /** Someone was let in after waiting. */
  waited(seconds: number): void
  shed(reason: ShedReason): void
}

/** What is counted of one rate limit. */
export interface RateMetrics {
  /** `waits`: let through, but later. */
  took(result: 'allowed' | 'waits' | 'refused'): void
}

export interface AdmissionMetrics {
  bulkhead(scope: 'service' | 'route', name: string): BulkheadMetrics
  rate(scope: 'service' | 'route' | 'gateway', name: string): RateMetrics
  /** Shows from now on whether limits are shared between replicas, asked whenever somebody looks. */
  showShared(isShared: () => Promise<boolean>): void
}

const uncountedBulkhead: BulkheadMetrics = { limit() {}, inside() {}, waiting() {}, waited() {}, shed() {} }

/** Counts nothing. */
export const uncountedAdmission: AdmissionMetrics = {
  bulkhead: () => uncountedBulkhead,
  rate: () => ({ took() {} }),
  showShared() {},
}
