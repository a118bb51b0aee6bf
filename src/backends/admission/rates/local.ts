import type { CellRate } from './gcra.ts'
import type { RateDecision, RateLimiter } from './rate-limiter.ts'

/** Keys that a limit remembers; beyond, the one not seen for longest is forgotten, and begins anew. */
export const mostKeys = 65_536

/** Counts in this process. */
export class LocalRateLimiter implements RateLimiter {
  readonly #cells: CellRate
  readonly #now: () => number
  /** When each key's bucket is full again; the least recently seen key first. */
  readonly #fullAt = new Map<string, number>()
  readonly #mostKeys: number

  constructor(cells: CellRate, now: () => number, most = mostKeys) {
    this.#cells = cells
    this.#now = now
    this.#mostKeys = most
  }

  /** How many keys it remembers. */
  get size(): number {
    return this.#fullAt.size
  }

  take(key: string): RateDecision {
    const now = this.#now()
    const known = this.#fullAt.get(key) ?? now
    const fullAt = Math.max(now, known) + this.#cells.intervalMs
    const decision = this.#cells.decide(fullAt - now)
    if (decision.isAllowed || known > now) {
      this.#fullAt.delete(key)
      this.#fullAt.set(key, decision.isAllowed ? fullAt : known)
      if (this.#fullAt.size > this.#mostKeys) this.#forgetOne()
    }
    return decision
  }

  #forgetOne(): void {
    for (const key of this.#fullAt.keys()) {
      this.#fullAt.delete(key)
      return
    }
  }
}
