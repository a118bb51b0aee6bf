/** Someone who needs a connection. */
export interface Guest {
  /** A connection is free: use it, and tell the room `leave()` when done with it, also if it is not wanted any more. */
  enter(): void
}

/**
 * Hands out a fixed number of connections in the order of asking. It stands before undici's own queue, which has no
 * bound and does not let go of a request that was cancelled while it waited.
 */
export class WaitingRoom {
  readonly #maxWaiting: number
  readonly #waiting = new Set<Guest>()
  #free: number
  readonly #connections: number
  #whenEmpty: (() => void) | undefined

  constructor(connections: number, maxWaiting: number) {
    this.#connections = connections
    this.#free = connections
    this.#maxWaiting = maxWaiting
  }

  /** Lets the guest in now or in its turn; false when too many wait. */
  admit(guest: Guest): boolean {
    if (this.#free > 0) {
      this.#free--
      guest.enter()
      return true
    }
    if (this.#waiting.size >= this.#maxWaiting) return false
    this.#waiting.add(guest)
    return true
  }

  /** Forgets a guest who no longer wants to wait. */
  giveUp(guest: Guest): void {
    this.#waiting.delete(guest)
  }

  /** A connection is free again. */
  leave(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next)
      // Not at once: this may run inside undici's parser, which cannot be entered twice.
      queueMicrotask(() => next.enter())
      return
    }
    this.#free++
    if (this.#free === this.#connections) this.#whenEmpty?.()
  }

  /** Resolves when nobody is inside or waiting. */
  empty(): Promise<void> {
    if (this.#free === this.#connections) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenEmpty = resolve
    })
  }
}
