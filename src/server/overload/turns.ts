import type { Clock } from '../../clock.ts'
import type { Waiting } from './waiting.ts'

/** A turn of the loop ends with the first piece of work behind this. */
const turnMs = 5

/**
 * Keeps turns of the event loop short while there is more to do than fits: pieces of work run one after the other, each
 * with all that it sets in motion, until the turn has lasted long enough, and the rest in the turns after it. In between
 * the loop accepts connections, reads requests and fires timers.
 */
export class Turns {
  readonly #clock: Clock
  readonly #waiting: Waiting
  #beganAt = 0
  #isNextSet = false

  constructor(clock: Clock, waiting: Waiting) {
    this.#clock = clock
    this.#waiting = waiting
  }

  /** Whether there is time left in this turn, and nobody waits for it. What is run then counts in this turn. */
  hasTime(): boolean {
    if (this.#isNextSet) return this.#waiting.length === 0 && this.#clock.now() - this.#beganAt < turnMs
    this.#beganAt = this.#clock.now()
    this.#setNext()
    return this.#waiting.length === 0
  }

  #setNext(): void {
    this.#isNextSet = true
    setImmediate(this.#begin)
  }

  readonly #begin = (): void => {
    this.#beganAt = this.#clock.now()
    this.#runNext()
  }

  readonly #runNext = (): void => {
    this.#isNextSet = this.#waiting.runNext()
    // What it sets in motion are microtasks, which all run before a tick that one of them asks for.
    if (this.#isNextSet) queueMicrotask(this.#goOnSoon)
  }

  readonly #goOnSoon = (): void => process.nextTick(this.#goOn)

  readonly #goOn = (): void => {
    if (this.#clock.now() - this.#beganAt < turnMs) this.#runNext()
    else this.#setNext()
  }
}
