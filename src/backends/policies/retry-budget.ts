import type { Clock } from '../../clock.ts'

/** Retries a service can always afford in a burst. */
const burst = 40
/** What each call adds: in the long run at most one retry for ten calls. */
const perCall = 0.1
/** What each second adds, so that a service that is rarely called can retry too. */
const perSecond = 2

/**
 * Keeps retries from doubling the load on a backend that is down: a token bucket of a service, as in Finagle's
 * RetryBudget and gRPC's retry throttling. When all calls fail the backend sees at most 1.1 times the load, plus
 * the burst and two a second.
 */
export class RetryBudget {
  readonly #clock: Clock
  #tokens = burst
  #filledAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#filledAt = clock.now()
  }

  /** A call begins. */
  deposit(): void {
    if (this.#tokens < burst) this.#tokens = Math.min(burst, this.#tokens + perCall)
  }

  /** Takes what one retry costs; false when the budget is spent. */
  withdraw(): boolean {
    const now = this.#clock.now()
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
