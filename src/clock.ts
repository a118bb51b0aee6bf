import { contained, type Endable } from './faults.ts'

/** Time as the engine sees it: injected, so that tests (and `tessera test`) run a ten-minute story in milliseconds. */
export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean something. Deadlines are on this scale. */
  now(): number
  /** Milliseconds since the Unix epoch. */
  epoch(): number
  /**
   * Calls back once after `delayMs`, unless cancelled. Does not keep the process alive.
   * @param owner What ends, and nothing else, when the callback throws; without one the process does.
   */
  schedule(delayMs: number, callback: () => void, owner?: Endable): Timer
}

export interface Timer {
  cancel(): void
}

/** What a timer of the platform can wait: 24.8 days. One that is longer would be due at once. */
const longestTimerMs = 2 ** 31 - 1

class SystemTimer implements Timer {
  #handle: NodeJS.Timeout
  #leftMs: number
  readonly #callback: () => void
  readonly #owner: Endable | undefined
  constructor(delayMs: number, callback: () => void, owner: Endable | undefined) {
    this.#callback = callback
    this.#owner = owner
    this.#leftMs = delayMs
    this.#handle = setTimeout(SystemTimer.#fire, Math.min(delayMs, longestTimerMs), this)
    this.#handle.unref()
  }
  static #fire(timer: SystemTimer): void {
    timer.#leftMs -= longestTimerMs
    if (timer.#leftMs > 0) {
      timer.#handle = setTimeout(SystemTimer.#fire, Math.min(timer.#leftMs, longestTimerMs), timer)
      timer.#handle.unref()
      return
    }
    const callback = timer.#callback
    if (timer.#owner) contained('timer', timer.#owner, callback)()
    else callback()
  }
  cancel(): void {
    clearTimeout(this.#handle)
  }
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  schedule: (delayMs, callback, owner) => new SystemTimer(delayMs, callback, owner),
}
