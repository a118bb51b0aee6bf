/** How long a peak counts: after this time without a call an estimate has fallen to a third. */
const memoryMs = 10_000
/** What a failure counts as at least: one that comes at once must not look like a fast answer. */
const failurePenaltyMs = 1000

/**
 * What an endpoint is doing now and how fast it answered lately. Written only where a balancer or a check of the
 * service asks for it; zero otherwise.
 */
export class Load {
  /** Calls begun and not ended. */
  inFlight = 0
  #estimateMs = 0
  #observedAt = 0

  begin(): void {
    this.inFlight++
  }

  /**
   * A call has ended. The estimate is Finagle's peak EWMA: a slower answer than expected counts at once and in full,
   * faster ones move it by and by.
   */
  end(now: number, tookMs: number, isFailure: boolean): void {
    this.inFlight--
    const ms = isFailure ? Math.max(tookMs, failurePenaltyMs) : tookMs
    const expected = this.latencyMs(now)
    const weight = Math.exp(-(now - this.#observedAt) / memoryMs)
    this.#estimateMs = ms > expected ? ms : ms + (this.#estimateMs - ms) * weight
    this.#observedAt = now
  }

  /** A call has ended that tells nothing of the endpoint. */
  drop(): void {
    this.inFlight--
  }

  /** The response time to expect, in milliseconds; it fades while nobody asks, so that a slow endpoint is tried again. */
  latencyMs(now: number): number {
    return this.#estimateMs * Math.exp(-(now - this.#observedAt) / memoryMs)
  }
}
