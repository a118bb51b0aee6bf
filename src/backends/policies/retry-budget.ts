import type { Clock } from '../../clock.ts'

/** `retryBudget:` of a service: how much its retries and hedges may add to its calls. */
export interface RetryBudgetPolicy {
  /** Retries for each call, 0..1. */
  readonly share: number
  /** Retries beside those, so that a service that is rarely called can retry too. */
  readonly perSecond: number
  /** How long what is not used can still be used. */
  readonly windowMs: number
}

/** What holds where a service says nothing: as in Finagle. At 200 calls a second it makes at most 250 of them. */
export const defaultRetryBudget: RetryBudgetPolicy = { share: 0.2, perSecond: 10, windowMs: 10_000 }

/** What is counted of a service's budget; telemetry implements it. */
export interface RetryBudgetMetrics {
  /** So many retries are left. */
  left(retries: number): void
  /** A retry or hedge was not made for want of budget. */
  refused(): void
}

/** The pieces that the window is counted in: it moves on by a tenth of itself. */
const buckets = 10
const uncounted: RetryBudgetMetrics = { left() {}, refused() {} }

/**
 * Keeps retries from multiplying the load on a backend that is down. Over any window there are at most `share` of its
 * calls and `perSecond` of its seconds: each piece of the window is given its seconds' worth as it begins, each call
 * adds its share, each retry takes one, and what a piece had left is gone with it (docs/adr/0029).
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #share: number
  readonly #metrics: RetryBudgetMetrics
  readonly #bucketMs: number
  /** What each piece gives from its beginning. */
  readonly #grant: number
  readonly #balances = new Float64Array(buckets)
  #bucket = 0
  #bucketEndsAt: number
  #total: number

  constructor(clock: Clock, policy: RetryBudgetPolicy = defaultRetryBudget, metrics: RetryBudgetMetrics = uncounted) {
    this.#clock = clock
    this.#share = policy.share
    this.#metrics = metrics
    this.#bucketMs = policy.windowMs / buckets
    this.#grant = (policy.perSecond * this.#bucketMs) / 1000
    this.#balances[0] = this.#grant
    this.#total = this.#grant
    this.#bucketEndsAt = clock.now() + this.#bucketMs
  }

  /** A call begins. Told once for a call, however often it is tried. */
  deposit(): void {
    this.#add(this.#share)
  }

  /** Takes what one retry costs; false when the budget is spent. */
  withdraw(): boolean {
    this.#add(0)
    // A sum of tenths may fall short of a whole by its last digits.
    if (this.#total < 1 - 1e-6) {
      this.#metrics.refused()
      return false
    }
    this.#add(-1)
    return true
  }

  #add(retries: number): void {
    const now = this.#clock.now()
    if (now >= this.#bucketEndsAt) this.#moveTo(now)
    this.#balances[this.#bucket]! += retries
    this.#total += retries
    this.#metrics.left(this.#total)
  }

  #moveTo(now: number): void {
    const passed = 1 + Math.floor((now - this.#bucketEndsAt) / this.#bucketMs)
    this.#bucketEndsAt += passed * this.#bucketMs
    for (let step = 0; step < Math.min(passed, buckets); step++) {
      this.#bucket = (this.#bucket + 1) % buckets
      this.#balances[this.#bucket] = this.#grant
    }
    // Summed anew, so that no rounding is carried on for ever.
    this.#total = this.#balances.reduce((sum, balance) => sum + balance, 0)
  }
}
