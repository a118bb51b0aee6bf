import type { Queue, QueueKind, Waiting } from './queue.ts'

/**
 * Clients take turns. It is deficit round robin (Shreedhar and Varghese, 1995) where every entry weighs the same: a
 * quantum of one then pays for exactly one entry a round, and no deficit is left to keep. A client with less than its
 * share never waits longer than one round of the others.
 */
class FairQueue<Entry extends Waiting> implements Queue<Entry> {
  /** Those who wait of each client, in the order in which the clients' turns come. */
  readonly #clients = new Map<string, Set<Entry>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  ahead({ client }: Entry): number {
    const own = this.#clients.get(client)?.size ?? 0
    let count = own
    for (const [other, waiting] of this.#clients) if (other !== client) count += Math.min(waiting.size, own + 1)
    return count
  }

  push(entry: Entry): void {
    const waiting = this.#clients.get(entry.client)
    if (waiting) waiting.add(entry)
    else this.#clients.set(entry.client, new Set([entry]))
    this.#size++
  }

  shift(): Entry | undefined {
    for (const [client, waiting] of this.#clients) {
      const [entry] = waiting
      this.#clients.delete(client)
      waiting.delete(entry!)
      if (waiting.size > 0) this.#clients.set(client, waiting)
      this.#size--
      return entry
    }
    return undefined
  }

  remove(entry: Entry): void {
    const waiting = this.#clients.get(entry.client)
    if (!waiting?.delete(entry)) return
    this.#size--
    if (waiting.size === 0) this.#clients.delete(entry.client)
  }

  /** The last one of the client who has most waiting. */
  expendable(newcomer: Entry): Entry {
    let longest = this.#clients.get(newcomer.client)
    const own = longest?.size ?? 0
    for (const waiting of this.#clients.values()) if (waiting.size > (longest?.size ?? 0)) longest = waiting
    return longest && longest.size > own ? [...longest].at(-1)! : newcomer
  }
}

export const fair: QueueKind = {
  name: 'fair',
  summary: 'Clients take turns (deficit round robin); when it is full, who has most waiting gives way',
  needsClient: true,
  create: () => new FairQueue(),
}
