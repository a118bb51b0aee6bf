import type { Burst } from '../../../config/listen-http2.ts'

/** Counts what comes too often: the one algorithm of limits (docs/adr/0027), for one connection. */
export class BurstLimit {
  readonly #intervalMs: number
  readonly #mostAheadMs: number
  #freeAtMs = 0

  constructor({ count, windowMs }: Burst) {
    this.#intervalMs = windowMs / count
    this.#mostAheadMs = windowMs
  }

  /** Notes one more; whether it was one too many. */
  isOver(nowMs: number): boolean {
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + this.#intervalMs
    return this.#freeAtMs - nowMs > this.#mostAheadMs
  }
}
