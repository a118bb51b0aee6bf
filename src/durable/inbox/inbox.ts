import type { Clock, Timer } from '../../clock.ts'
import type { RunRecords } from '../runs/record.ts'
import type { Message } from './message.ts'

/** Between two looks, for what nobody was told of. */
const lookMs = 2000

export interface InboxOptions {
  readonly records: Pick<RunRecords, 'read'>
  readonly clock: Clock
  /** The number of the last message that a run has; undefined for one that is not executed here. */
  readonly lastOf: (run: string) => number | undefined
  /** The runs that are executed here. */
  readonly open: () => Iterable<string>
  readonly deliver: (run: string, message: Message) => void
}

/** Brings what is sent to the runs that are executed here: at once where it is told of it, else when it looks. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #wanted = new Set<string>()
  #reading: Promise<void> | undefined
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: InboxOptions) {
    this.#options = options
    this.#lookLater()
  }

  /** Something may be there for a run. */
  look(run: string): void {
    if (this.#isClosed || this.#options.lastOf(run) === undefined) return
    this.#wanted.add(run)
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#reading
  }

  async #read(): Promise<void> {
    const { records, lastOf, deliver } = this.#options
    while (this.#wanted.size > 0 && !this.#isClosed) {
      const after = new Map([...this.#wanted].map((run) => [run, lastOf(run)] as const).filter(isOpen))
      this.#wanted.clear()
      try {
        for (const [run, message] of await records.read(after)) deliver(run, message)
      } catch {
        // It looks again.
        return
      }
    }
  }

  #lookLater(): void {
    this.#timer = this.#options.clock.schedule(lookMs, () => {
      for (const run of this.#options.open()) this.look(run)
      this.#lookLater()
    })
  }
}

function isOpen(entry: readonly [string, number | undefined]): entry is [string, number] {
  return entry[1] !== undefined
}
