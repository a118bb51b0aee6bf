/** Time as the engine sees it: injected, so that tests (and `tessera test`) run a ten-minute story in milliseconds. */
export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean something. Deadlines are on this scale. */
  now(): number
  /** Milliseconds since the Unix epoch. */
  epoch(): number
  /** Calls back once after `delayMs`, unless cancelled. Does not keep the process alive. */
  schedule(delayMs: number, callback: () => void): Timer
}

export interface Timer {
  cancel(): void
}

class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout
  constructor(delayMs: number, callback: () => void) {
    this.#handle = setTimeout(callback, delayMs)
    this.#handle.unref()
  }
  cancel(): void {
    clearTimeout(this.#handle)
  }
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  schedule: (delayMs, callback) => new SystemTimer(delayMs, callback),
}
