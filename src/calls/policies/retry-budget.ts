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
  /** It is drawn on: from now on shows how many retries are left, asked whenever somebody looks. */
  show(left: () => number): void
  /** A retry or hedge was not made for want of budget. */
  refused(): void
}

/** The pieces that the window is counted in: it moves on by a tenth of itself. */
const pieces = 10
const uncounted: RetryBudgetMetrics = { show() {}, refused() {} }

/**
 * Keeps retries from multiplying the load on a backend that is down. In whatever `windowMs` one looks at there are no
 * more than `share` of its calls and `perSecond` of its seconds: each piece of the window is given its seconds' worth as
 * it begins, each call adds its share, each retry takes one. What was given counts for the last ten pieces, which are a
 * window at most; what was taken for eleven, a window at least (docs/adr/0029).
 */
export class RetryBudget {
  readonly #clock: Clock
  readonly #share: number
  readonly #metrics: RetryBudgetMetrics
  readonly #pieceMs: number
  /** What each piece gives from its beginning. */
  readonly #grant: number
  readonly #given = new Float64Array(pieces)
  readonly #taken = new Float64Array(pieces + 1)
  /** Pieces begun since the first. */
  #piece = 0
  #pieceEndsAt: number
  #left: number
  #isShown = false

  constructor(clock: Clock, policy: RetryBudgetPolicy = defaultRetryBudget, metrics: RetryBudgetMetrics = uncounted) {
    this.#clock = clock
    this.#share = policy.share
    this.#metrics = metrics
    this.#pieceMs = policy.windowMs / pieces
    this.#grant = (policy.perSecond * this.#pieceMs) / 1000
    this.#given[0] = this.#grant
    this.#left = this.#grant
    this.#pieceEndsAt = clock.now() + this.#pieceMs
  }

  /** A call begins. Told once for a call, however often it is tried. */
  deposit(): void {
    if (!this.#isShown) this.#show()
    this.#moveOn()
    this.#given[this.#piece % pieces]! += this.#share
    this.#left += this.#share
  }

  /** Takes what one retry costs; false when the budget is spent. */
  withdraw(): boolean {
    if (!this.#isShown) this.#show()
    this.#moveOn()
    // A sum of tenths may fall short of a whole by its last digits.
    if (this.#left < 1 - 1e-6) {
      this.#metrics.refused()
      return false
    }
    this.#taken[this.#piece % (pieces + 1)]! += 1
    this.#left -= 1
    return true
  }

  /** How many retries can be made now. */
  get left(): number {
    this.#moveOn()
    return this.#left
  }

  #show(): void {
    this.#isShown = true
    this.#metrics.show(() => this.left)
  }

  #moveOn(): void {
    const now = this.#clock.now()
    if (now < this.#pieceEndsAt) return
    const passed = 1 + Math.floor((now - this.#pieceEndsAt) / this.#pieceMs)
    this.#pieceEndsAt += passed * this.#pieceMs
    const last = this.#piece + passed
    for (this.#piece = Math.max(this.#piece, last - pieces - 1); this.#piece < last; ) {
      this.#piece++
      this.#given[this.#piece % pieces] = this.#grant
      this.#taken[this.#piece % (pieces + 1)] = 0
    }
    // Summed anew, so that no rounding is carried on for ever.
    this.#left = sum(this.#given) - sum(this.#taken)
  }
}

function sum(numbers: Float64Array): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
