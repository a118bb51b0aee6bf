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

class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout
  readonly #callback: () => void
  readonly #owner: Endable | undefined
  constructor(delayMs: number, callback: () => void, owner: Endable | undefined) {
    this.#callback = callback
    this.#owner = owner
    this.#handle = setTimeout(SystemTimer.#fire, delayMs, this)
    this.#handle.unref()
  }
  static #fire(timer: SystemTimer): void {
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
