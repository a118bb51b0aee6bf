import { priorities } from '../../admission/policy.ts'
import { Fifo } from './fifo.ts'
import { Lane, type Waiter } from './lane.ts'

/**
 * Pieces of work that wait for a turn: first requests that have begun and whose call is answered, so that what is begun
 * ends, then those that have not, the highest class first.
 */
export class Waiting {
  /** By class. */
  readonly lanes: readonly Lane[] = priorities.map(() => new Lane())
  readonly #begun = new Fifo<() => void>()
  #length = 0

  get length(): number {
    return this.#length
  }

  pushRequest(priority: number, waiter: Waiter): void {
    this.#length++
    this.lanes[priority]!.push(waiter)
  }

  pushBegun(goOn: () => void): void {
    this.#length++
    this.#begun.push(goOn)
  }

  /** Runs the next; false when there is none. */
  runNext(): boolean {
    const goOn = this.#begun.shift()
    if (goOn) {
      this.#length--
      goOn()
      return true
    }
    for (const lane of this.lanes) {
      const waiter = lane.shift()
      if (!waiter) continue
      this.#length--
      waiter.begin()
      return true
    }
    return false
  }

  /** Refuses who has waited for too long, but nobody of the first class. */
  expire(nowMs: number, allowedMs: number): void {
    for (const lane of this.lanes.slice(1)) {
      for (const waiter of lane.expire(nowMs, allowedMs)) {
        this.#length--
        waiter.refuse()
      }
    }
  }
}
