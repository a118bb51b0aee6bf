import { priorities } from '../policy.ts'
import type { Queue, QueueKind, Waiting } from './queue.ts'

/** Every so many turns, the one who has waited longest goes, whatever its class. */
const eldestEvery = 8

/**
 * A higher class goes first, and within a class who came first. Every eighth turn belongs to who has waited longest,
 * so an entry with n older ones waits for 8 (n + 1) turns at most.
 */
class PriorityQueue<Entry extends Waiting> implements Queue<Entry> {
  readonly #classes = priorities.map(() => new Map<Entry, number>())
  #arrivals = 0
  #turns = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  ahead({ priority }: Entry): number {
    let count = 0
    for (let above = 0; above <= priority; above++) count += this.#classes[above]!.size
    return count
  }

  push(entry: Entry): void {
    this.#classes[entry.priority]!.set(entry, this.#arrivals++)
    this.#size++
  }

  shift(): Entry | undefined {
    if (this.#size === 0) return undefined
    const isEldestsTurn = ++this.#turns % eldestEvery === 0
    const from = isEldestsTurn ? this.#classOfEldest() : this.#classes.find((waiting) => waiting.size > 0)!
    const [entry] = from.keys()
    this.remove(entry!)
    return entry
  }

  remove(entry: Entry): void {
    if (this.#classes[entry.priority]!.delete(entry)) this.#size--
  }

  /** The last one of the lowest class that waits, if that is lower than the newcomer's. */
  expendable(newcomer: Entry): Entry {
    for (let priority = this.#classes.length - 1; priority > newcomer.priority; priority--) {
      const last = [...this.#classes[priority]!.keys()].at(-1)
      if (last) return last
    }
    return newcomer
  }

  #classOfEldest(): Map<Entry, number> {
    let eldest = Number.POSITIVE_INFINITY
    let found = this.#classes[0]!
    for (const waiting of this.#classes) {
      for (const arrival of waiting.values()) {
        if (arrival < eldest) {
          eldest = arrival
          found = waiting
        }
        break
      }
    }
    return found
  }
}

export const priority: QueueKind = {
  name: 'priority',
  summary: 'A higher class goes first; every eighth turn belongs to who has waited longest',
  needsClient: false,
  create: () => new PriorityQueue(),
}
