import type { Clock, Timer } from '../../src/clock.ts'

/** A clock that stands still until told to advance. */
export class FakeClock implements Clock {
  #now = 1000
  #timers = new Set<{ at: number; callback: () => void }>()

  now(): number {
    return this.#now
  }

  epoch(): number {
    return 1_700_000_000_000 + this.#now
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** When the next timer fires, from now; undefined when there is none. */
  get nextDelayMs(): number | undefined {
    const next = this.#next()
    return next && next.at - this.#now
  }

  /** Lets time pass in which nothing that is set fires. */
  skip(ms: number): void {
    this.#now += ms
  }

  /** Lets time pass, firing timers in order; what they set in motion runs before the next one fires. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let timer = this.#next(); timer && timer.at <= end; timer = this.#next()) {
      this.#timers.delete(timer)
      this.#now = Math.max(this.#now, timer.at)
      timer.callback()
      await settle()
    }
    this.#now = end
  }

  #next() {
    let next: { at: number; callback: () => void } | undefined
    for (const timer of this.#timers) if (!next || timer.at < next.at) next = timer
    return next
  }
}

/** Lets everything run that waits for no socket. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
