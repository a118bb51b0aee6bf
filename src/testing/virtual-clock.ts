import type { Clock, Timer } from '../clock.ts'

interface VirtualTimer {
  readonly atMs: number
  readonly callback: () => void
}

/** 2030-01-01T00:00:00Z: the same in every run, so that nothing a test sees hangs on the day. */
const epochStartMs = 1_893_456_000_000

/**
 * Time that passes only when nothing else is left to do: it then jumps to the next timer. The engine reads no other
 * clock and waits for nothing but promises and timers of it, so ten minutes take as long as what happens in them.
 */
export class VirtualClock implements Clock {
  #nowMs = 0
  /** In the order they fire; of two at the same time the older first. */
  readonly #timers: VirtualTimer[] = []

  readonly now = (): number => this.#nowMs

  readonly epoch = (): number => epochStartMs + this.#nowMs

  schedule(delayMs: number, callback: () => void): Timer {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback }
    const later = this.#timers.findIndex(({ atMs }) => atMs > timer.atMs)
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
    return {
      cancel: () => {
        const index = this.#timers.indexOf(timer)
        if (index >= 0) this.#timers.splice(index, 1)
      },
    }
  }

  /**
   * Lets time pass until the work is done; what it throws is thrown.
   * @throws Error when it waits for something that never comes, or longer than `limitMs`
   */
  async passUntil<Value>(work: Promise<Value>, limitMs: number): Promise<Value> {
    const endMs = this.#nowMs + limitMs
    let isDone = false
    const done = () => {
      isDone = true
    }
    work.then(done, done)
    await becomeIdle()
    while (!isDone) {
      const next = this.#timers[0]
      if (!next) throw new Error('it waits for something that never comes')
      if (next.atMs > endMs) throw new Error(`it has not ended after ${limitMs} ms`)
      this.#fire(next)
      await becomeIdle()
    }
    return work
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await becomeIdle()
    for (let next = this.#timers[0]; next && next.atMs <= endMs; next = this.#timers[0]) {
      this.#fire(next)
      await becomeIdle()
    }
    this.#nowMs = endMs
  }

  #fire(timer: VirtualTimer): void {
    this.#timers.shift()
    this.#nowMs = timer.atMs
    timer.callback()
  }
}

/** Node runs every microtask and tick, those they beget included, before an immediate. */
function becomeIdle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
