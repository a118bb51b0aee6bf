/** What a rate limit says to one more. */
export interface RateDecision {
  readonly isAllowed: boolean
  /** Milliseconds until it may go, or until it may ask again. 0: at once. */
  readonly waitMs: number
  /** How many more could go now. */
  readonly remaining: number
  /** Milliseconds until one more than that could. */
  readonly nextMs: number
}

/** Counts by key. Never throws or rejects, and answers within some tens of milliseconds. */
export interface RateLimiter {
  take(key: string): RateDecision | Promise<RateDecision>
}
