import type { AdaptiveBounds } from '../policy.ts'

const windowMs = 500
const samplesAtLeast = 10
/** Response times may grow by half before the limit falls. */
const tolerance = 1.5
const smoothing = 0.2
/** Every so many windows of full load, a third as many are let in, to see what a call takes when nobody waits. */
const dipEvery = 60
const dipTo = 1 / 3
/** The first window of a dip still sees what was let in before. */
const dipWindows = 2

/**
 * How many calls at once a backend takes before they only wait there: the gradient of response times (Netflix,
 * concurrency-limits, Gradient2; Envoy, adaptive concurrency). Each window of half a second and ten calls at least,
 *
 *     limit ← 0.8 limit + 0.2 (limit × gradient + √limit),   gradient = 1.5 × usual / now, from 0.5 to 1
 *
 * of which the root is room for a small queue at the backend, without which the limit could not find its way up. It rests
 * where limit = 1.5 width / (1 - 1 / √limit), the width being what the backend does at once: 1.9 times that where it is 10,
 * 1.6 times where it is 200.
 * `usual` is what a call takes when it does not wait. A mean of the past would follow an overload upwards, and with it
 * the limit; so it falls at once with shorter times, but rises only by what a dip has seen.
 */
export class AdaptiveConcurrency {
  readonly #bounds: AdaptiveBounds
  #limit: number
  /** Milliseconds; 0 until there was a window. */
  #usualMs = 0
  #windowStart: number
  #samples = 0
  #sumMs = 0
  #peak = 0
  #fullWindows = 0
  #dip = 0

  constructor(bounds: AdaptiveBounds, now: number) {
    this.#bounds = bounds
    this.#limit = Math.min(bounds.max, Math.max(bounds.min, 20))
    this.#windowStart = now
  }

  get limit(): number {
    const limit = this.#dip > 0 ? this.#limit * dipTo : this.#limit
    return Math.max(this.#bounds.min, Math.floor(limit))
  }

  /** A call has taken `ms`, while there were `inFlight`, itself included. */
  note(ms: number, inFlight: number, now: number): void {
    this.#samples++
    this.#sumMs += ms
    if (inFlight > this.#peak) this.#peak = inFlight
    if (this.#samples < samplesAtLeast || now - this.#windowStart < windowMs) return
    this.#endWindow(Math.max(0.01, this.#sumMs / this.#samples))
    this.#windowStart = now
    this.#samples = 0
    this.#sumMs = 0
    this.#peak = 0
  }

  #endWindow(nowMs: number): void {
    if (this.#dip > 0) {
      if (--this.#dip === 0) this.#usualMs = nowMs
      return
    }
    this.#usualMs = this.#usualMs === 0 || nowMs < this.#usualMs ? nowMs : this.#usualMs
    // Where fewer come than may, nothing is learnt of how many could.
    if (this.#peak < this.#limit / 2) return
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.#usualMs) / nowMs))
    const wanted = this.#limit * gradient + Math.sqrt(this.#limit)
    const next = (1 - smoothing) * this.#limit + smoothing * wanted
    this.#limit = Math.min(this.#bounds.max, Math.max(this.#bounds.min, next))
    if (++this.#fullWindows % dipEvery === 0) this.#dip = dipWindows
  }
}
