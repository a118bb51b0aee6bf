import type { RatePolicy } from '../policy.ts'
import type { RateDecision } from './rate-limiter.ts'

/** Times are sums of fractions: by so much they may be off. */
const roundingMs = 1e-6

/**
 * A token bucket as the generic cell rate algorithm keeps it (ITU-T I.371): of each key only the time at which its
 * bucket is full again.
 */
export class CellRate {
  /** Milliseconds that one costs. */
  readonly intervalMs: number
  /** Milliseconds that the time of fullness may lie ahead of now for one to go at once. */
  readonly toleranceMs: number
  readonly maxWaitMs: number
  readonly #burst: number

  /** @param maxWaitMs how long one may be made to wait instead of refused */
  constructor({ perSecond, burst }: RatePolicy, maxWaitMs: number) {
    this.intervalMs = 1000 / perSecond
    this.toleranceMs = burst * this.intervalMs
    this.maxWaitMs = maxWaitMs
    this.#burst = burst
  }

  /** @param resetMs until the bucket would be full again, if one more went */
  decide(resetMs: number): RateDecision {
    const lateMs = resetMs - this.toleranceMs
    const waitMs = lateMs > roundingMs ? lateMs : 0
    if (waitMs > this.maxWaitMs)
      return { isAllowed: false, waitMs: waitMs - this.maxWaitMs, remaining: 0, nextMs: waitMs }
    // What rounding took off a whole token is given back.
    const remaining = Math.max(0, Math.floor(this.#burst - resetMs / this.intervalMs + 1e-6))
    const nextMs = Math.max(0, resetMs - this.toleranceMs + (remaining + 1) * this.intervalMs)
    return { isAllowed: true, waitMs, remaining, nextMs }
  }
}
