import { Fifo } from './fifo.ts'

/** Delays that are allowed, which a burst may wait for. What waits for longer than that for so long is an overload. */
const burstDelays = 3
const standingDelays = 1
/** And for so many looks at it: how fast a queue comes down is not seen by the first after a pause. */
const standingLooks = 3
/** Nobody waits for longer than so many: classes above may leave no time at all. */
const mostDelays = 20
/** An overload lasts so long after the last request that it has shed. */
const lastsMs = 1000
/** How far the rate looks back. */
const memoryMs = 250
/** A longer window had a pause in it, in which nobody could begin. */
const mostWindowMs = 50

/** A request that waits for its turn. */
export interface Waiter {
  readonly sinceMs: number
  begin(): void
  /** Its turn did not come in time. */
  refuse(): void
}

/**
 * Requests of one class that wait for their turn. More than there is time for may be a burst, which comes down by itself,
 * and every burst is served; what does not come down is an overload (as CoDel has it, RFC 8289). Then it takes no more
 * than it can begin within the delay that is allowed.
 */
export class Lane {
  readonly #waiting = new Fifo<Waiter>()
  /** Begun and shed since the window began. */
  #begunNow = 0
  #shedNow = 0
  /** Begun lately, in how long a time. */
  #begun = 0
  #begunInMs = 0
  #shedShare = 0
  /** As many as can begin within the delay that is allowed. */
  #timely = Number.POSITIVE_INFINITY
  #wasShort = true
  #standingMs = 0
  #standingRow = 0
  #isOverloaded = false
  #shedAt = Number.NEGATIVE_INFINITY

  get length(): number {
    return this.#waiting.length
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded
  }

  /** 0..1: how much of what came lately was shed. */
  get shedShare(): number {
    return this.#shedShare
  }

  /** Whether one more would wait for too long. */
  sheds(nowMs: number, allowedMs: number): boolean {
    if (this.#isShort) return false
    if (!this.#isOverloaded && !this.#isStanding(allowedMs)) return false
    this.#isOverloaded = true
    this.noteShed(nowMs)
    return true
  }

  noteShed(nowMs: number): void {
    this.#shedNow++
    this.#shedAt = nowMs
  }

  /** One begins without waiting. */
  noteBegun(): void {
    this.#begunNow++
  }

  push(waiter: Waiter): void {
    this.#waiting.push(waiter)
  }

  /** The one that has waited longest begins. */
  shift(): Waiter | undefined {
    const waiter = this.#waiting.shift()
    if (waiter) this.#begunNow++
    if (this.#isShort) this.#wasShort = true
    return waiter
  }

  /** Takes those out that have waited for too long. */
  expire(nowMs: number, allowedMs: number): readonly Waiter[] {
    const expired: Waiter[] = []
    const sinceMs = nowMs - mostDelays * allowedMs
    for (let first = this.#waiting.first; first && first.sinceMs < sinceMs; first = this.#waiting.first) {
      expired.push(first)
      this.#waiting.shift()
    }
    return expired
  }

  /** Looks at what was begun and shed since it was last asked. */
  endWindow(nowMs: number, elapsedMs: number, allowedMs: number): void {
    const windowMs = Math.min(mostWindowMs, elapsedMs)
    const kept = 1 - windowMs / memoryMs
    this.#begun = this.#begun * kept + this.#begunNow
    this.#begunInMs = this.#begunInMs * kept + windowMs
    this.#timely = Math.max(1, (this.#begun / this.#begunInMs) * allowedMs)
    const came = this.#begunNow + this.#shedNow
    this.#shedShare = this.#shedShare * kept + (came === 0 ? 0 : this.#shedNow / came) * (1 - kept)
    this.#begunNow = 0
    this.#shedNow = 0
    this.#standingMs = this.#wasShort ? 0 : this.#standingMs + windowMs
    this.#standingRow = this.#wasShort ? 0 : this.#standingRow + 1
    if (nowMs - this.#shedAt > lastsMs) this.#isOverloaded = false
    this.#wasShort = this.#isShort
  }

  /** The loop is calm, and nobody waits or is counted: what was before tells nothing of what comes next. */
  forget(): void {
    this.#begun = 0
    this.#begunInMs = 0
    this.#shedShare = 0
    this.#timely = Number.POSITIVE_INFINITY
    this.#standingMs = 0
    this.#standingRow = 0
    this.#wasShort = true
  }

  #isStanding(allowedMs: number): boolean {
    return this.#standingMs >= standingDelays * allowedMs && this.#standingRow >= standingLooks
  }

  get #isShort(): boolean {
    return this.length < this.#timely * (this.#isOverloaded ? 1 : burstDelays)
  }
}
