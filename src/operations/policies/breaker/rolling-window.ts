/** The pieces that a window is counted in: it moves on by a tenth of itself. */
const buckets = 10

/** Counts calls and failures over the last `windowMs`, in ten pieces, the oldest of which is forgotten as a whole. */
export class RollingWindow {
  readonly #bucketMs: number
  readonly #calls = new Uint32Array(buckets)
  readonly #failures = new Uint32Array(buckets)
  #bucket = 0
  #bucketEndsAt: number
  /** Within the window, as of the last `count`. */
  calls = 0
  failures = 0

  /** `now` and every later one are on `Clock.now()`'s scale. */
  constructor(windowMs: number, now: number) {
    this.#bucketMs = Math.max(1, windowMs / buckets)
    this.#bucketEndsAt = now + this.#bucketMs
  }

  count(now: number, isFailure: boolean): void {
    if (now >= this.#bucketEndsAt) this.#moveTo(now)
    this.#calls[this.#bucket]!++
    this.calls++
    if (!isFailure) return
    this.#failures[this.#bucket]!++
    this.failures++
  }

  clear(): void {
    this.#calls.fill(0)
    this.#failures.fill(0)
    this.calls = 0
    this.failures = 0
  }

  #moveTo(now: number): void {
    const passed = 1 + Math.floor((now - this.#bucketEndsAt) / this.#bucketMs)
    this.#bucketEndsAt += passed * this.#bucketMs
    for (let step = 0; step < Math.min(passed, buckets); step++) {
      this.#bucket = (this.#bucket + 1) % buckets
      this.calls -= this.#calls[this.#bucket]!
      this.failures -= this.#failures[this.#bucket]!
      this.#calls[this.#bucket] = 0
      this.#failures[this.#bucket] = 0
    }
  }
}
