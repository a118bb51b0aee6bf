/** Someone who needs a connection. */
export interface Guest {
  /** How long it goes on, from when it came: for waiting and for its answer. */
  readonly timeLeftMs: number
  /** When it entered, where the room wants to know how long visits take; the room's own. 0: it does not. */
  enteredAtMs: number
  /** A connection is free: use it, and tell the room `leave()` when done with it, also if it is not wanted any more. */
  enter(): void
  /** It was its turn, but its answer would come too late. */
  turnAway(): void
}

/** Weight of the newest in the mean of how long a visit takes. */
const newest = 0.2

/**
 * Hands out a fixed number of connections in the order of asking. It stands before undici's own queue, which has no
 * bound and does not let go of a request that was cancelled while it waited.
 *
 * What bounds the queue is time: whoever has waited for half of it and has less left than a visit usually takes is turned
 * away at its turn. So under lasting overload those enter that can be served, and a burst that can be is served in full.
 * Its length is bounded only for the sake of memory. Time is looked at only while every connection is in use.
 */
export class WaitingRoom {
  readonly #maxWaiting: number
  readonly #now: () => number
  /** With when they came. */
  readonly #waiting = new Map<Guest, number>()
  #free: number
  readonly #connections: number
  /** Mean time of a visit that began when no other connection was free. */
  #usualMs = 0
  #whenEmpty: (() => void) | undefined

  constructor(connections: number, maxWaiting: number, now: () => number = () => performance.now()) {
    this.#connections = connections
    this.#free = connections
    this.#maxWaiting = maxWaiting
    this.#now = now
  }

  /** Lets the guest in now or in its turn; false when too many wait. */
  admit(guest: Guest): boolean {
    if (this.#free > 0) {
      if (--this.#free === 0) guest.enteredAtMs = this.#now()
      guest.enter()
      return true
    }
    if (this.#waiting.size >= this.#maxWaiting) return false
    this.#waiting.set(guest, this.#now())
    return true
  }

  /** Forgets a guest who no longer wants to wait. */
  giveUp(guest: Guest): void {
    this.#waiting.delete(guest)
  }

  /** The guest's connection is free again. */
  leave(guest: Guest): void {
    if (guest.enteredAtMs > 0) this.#note(this.#now() - guest.enteredAtMs)
    if (this.#waiting.size > 0 && this.#letNextIn()) return
    this.#free++
    if (this.#free === this.#connections) this.#whenEmpty?.()
  }

  #note(visitMs: number): void {
    this.#usualMs = this.#usualMs === 0 ? visitMs : this.#usualMs + (visitMs - this.#usualMs) * newest
  }

  #letNextIn(): boolean {
    const now = this.#now()
    for (const [next, since] of this.#waiting) {
      this.#waiting.delete(next)
      const waitedMs = now - since
      // Not at once: this may run inside undici's parser, which cannot be entered twice.
      if (next.timeLeftMs - waitedMs < Math.min(waitedMs, this.#usualMs)) {
        queueMicrotask(() => next.turnAway())
        continue
      }
      next.enteredAtMs = now
      queueMicrotask(() => next.enter())
      return true
    }
    return false
  }

  /** Resolves when nobody is inside or waiting. */
  empty(): Promise<void> {
    if (this.#free === this.#connections) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenEmpty = resolve
    })
  }
}
