import type { Queue, QueueKind, Waiting } from './queue.ts'

class FifoQueue<Entry extends Waiting> implements Queue<Entry> {
  readonly #waiting = new Set<Entry>()

  get size(): number {
    return this.#waiting.size
  }

  ahead(): number {
    return this.#waiting.size
  }

  push(entry: Entry): void {
    this.#waiting.add(entry)
  }

  shift(): Entry | undefined {
    for (const entry of this.#waiting) {
      this.#waiting.delete(entry)
      return entry
    }
    return undefined
  }

  remove(entry: Entry): void {
    this.#waiting.delete(entry)
  }

  expendable(newcomer: Entry): Entry {
    return newcomer
  }
}

export const fifo: QueueKind = {
  name: 'fifo',
  summary: 'Who came first goes first; when it is full, who comes is shed',
  needsClient: false,
  create: () => new FifoQueue(),
}
