import type { CellRate } from './gcra.ts'
import type { RateDecision, RateLimiter } from './rate-limiter.ts'
import { SharedBuckets } from './shared-buckets.ts'

/** Keys that have a bucket of their own at a time. */
export const mostKeys = 65_536
/** Buckets that one newcomer looks through for such as may be forgotten. */
const looksPerKey = 16

/**
 * Counts in this process. A bucket is forgotten only when it is full again, as that of a new key is, so that no flood of
 * keys gives one back what it has used up. What finds no room of its own shares a bucket until it does.
 */
export class LocalRateLimiter implements RateLimiter {
  readonly #cells: CellRate
  readonly #now: () => number
  /** When each key's bucket is full again. */
  readonly #fullAt = new Map<string, number>()
  readonly #mostKeys: number
  readonly #shared = new SharedBuckets()
  #sweep: Iterator<[string, number]> | undefined

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
    const own = this.#fullAt.get(key)
    const fullAt = Math.max(now, own ?? this.#shared.fullAt(key, now)) + this.#cells.intervalMs
    const decision = this.#cells.decide(fullAt - now)
    if (!decision.isAllowed) return decision
    if (own !== undefined || this.#hasRoom(now)) this.#fullAt.set(key, fullAt)
    else this.#shared.note(key, fullAt)
    return decision
  }

  #hasRoom(now: number): boolean {
    for (let looks = 0; this.#fullAt.size >= this.#mostKeys && looks < looksPerKey; looks++) {
      this.#sweep ??= this.#fullAt.entries()
      const { done, value } = this.#sweep.next()
      if (done) this.#sweep = undefined
      else if (value[1] <= now) this.#fullAt.delete(value[0])
    }
    return this.#fullAt.size < this.#mostKeys
  }
}
