/** Each bucket reaches to 1.04 times the last one's end, so its middle is within 2 % of all that fell in. */
const growth = 1.04
const shortestMs = 0.1
/** Up to ten minutes; what takes longer counts as that. */
const buckets = 400
const pieces = 6
const pieceMs = 10_000
/** Between two looks at the buckets. */
const stride = 16

/**
 * A percentile of an operation's response times over the last minute: a sketch of logarithmic buckets (DDSketch,
 * Masson et al., 2019), ten kilobytes of it, within 2 % of the exact one. It says nothing before so many calls were
 * seen that five of them are to lie above.
 */
export class ResponseTimes {
  readonly #quantile: number
  readonly #fewest: number
  readonly #pieces = Array.from({ length: pieces }, () => new Uint32Array(buckets))
  readonly #counts = new Uint32Array(buckets)
  #seen = 0
  #piece = 0
  #pieceEndsAt: number
  #expected: number | undefined
  /** Observations until the buckets are looked at again. */
  #left = 0

  /** @param now on `Clock.now()`'s scale, like every later one */
  constructor(quantile: number, now: number) {
    this.#quantile = quantile
    this.#fewest = Math.max(20, Math.ceil(5 / (1 - quantile) - 1e-9))
    this.#pieceEndsAt = now + pieceMs
  }

  observe(now: number, ms: number): void {
    if (now >= this.#pieceEndsAt) this.#moveTo(now)
    const bucket = bucketOf(ms)
    this.#pieces[this.#piece]![bucket]!++
    this.#counts[bucket]!++
    this.#seen++
    if (--this.#left <= 0) this.#look()
  }

  /** In milliseconds; undefined while too few calls are known. */
  expectedMs(now: number): number | undefined {
    if (now >= this.#pieceEndsAt) this.#moveTo(now)
    return this.#expected
  }

  #look(): void {
    this.#left = stride
    this.#expected = this.#seen < this.#fewest ? undefined : this.#find()
    if (this.#expected === undefined) this.#left = Math.min(stride, Math.max(1, this.#fewest - this.#seen))
  }

  /** The smallest time that this share of all is not above (nearest rank). */
  #find(): number {
    let above = this.#seen - Math.max(1, Math.ceil(this.#quantile * this.#seen - 1e-9))
    let bucket = buckets - 1
    for (; bucket > 0; bucket--) {
      above -= this.#counts[bucket]!
      if (above < 0) break
    }
    return (2 * shortestMs * growth ** bucket) / (1 + growth)
  }

  #moveTo(now: number): void {
    const passed = 1 + Math.floor((now - this.#pieceEndsAt) / pieceMs)
    this.#pieceEndsAt += passed * pieceMs
    for (let step = 0; step < Math.min(passed, pieces); step++) {
      this.#piece = (this.#piece + 1) % pieces
      const oldest = this.#pieces[this.#piece]!
      for (let bucket = 0; bucket < buckets; bucket++) {
        const count = oldest[bucket]!
        this.#counts[bucket]! -= count
        this.#seen -= count
      }
      oldest.fill(0)
    }
    this.#look()
  }
}

/** The n-th bucket holds what is over 0.1 ms × 1.04^(n−1) and at most 0.1 ms × 1.04^n. */
function bucketOf(ms: number): number {
  const bucket = Math.ceil(Math.log(ms / shortestMs) / Math.log(growth) - 1e-9)
  return bucket > 0 ? Math.min(bucket, buckets - 1) : 0
}
