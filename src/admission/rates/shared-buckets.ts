import { randomInt } from 'node:crypto'

const count = 4096

/**
 * Buckets of keys that have none of their own: what falls together counts together, so that a key may be held shorter
 * than its rate, and never longer. Nobody outside knows what falls together.
 */
export class SharedBuckets {
  readonly #seed = randomInt(2 ** 32)
  #fullAts: Float64Array | undefined
  /** When all are full again. */
  #until = Number.NEGATIVE_INFINITY

  /** When the bucket that a key would share is full again; long ago for one that is. */
  fullAt(key: string, now: number): number {
    if (this.#until <= now) return Number.NEGATIVE_INFINITY
    return this.#fullAts![this.#indexOf(key)]!
  }

  note(key: string, fullAt: number): void {
    this.#fullAts ??= new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
    this.#fullAts[this.#indexOf(key)] = fullAt
    this.#until = Math.max(this.#until, fullAt)
  }

  /** FNV-1a. Keys are short: longer ones come as digests. */
  #indexOf(key: string): number {
    let hash = this.#seed
    for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
    return (hash ^ (hash >>> 15)) & (count - 1)
  }
}
