/** What a queue looks at. */
export interface Waiting {
  /** Index in `priorities`: 0 goes first. */
  readonly priority: number
  /** Who it belongs to, for queues that are fair between clients. */
  readonly client: string
}

/** The order in which those who wait are let in. It has no bound of its own: its owner asks `expendable` when it is full. */
export interface Queue<Entry extends Waiting> {
  readonly size: number
  /** How many would go before a newcomer, as things are. */
  ahead(newcomer: Entry): number
  push(entry: Entry): void
  /** Takes out the one whose turn it is. */
  shift(): Entry | undefined
  /** Takes out one who no longer waits. */
  remove(entry: Entry): void
  /** Who has to go when there is no place for a newcomer: one of those who wait, or the newcomer. */
  expendable(newcomer: Entry): Entry
}

export interface QueueKind {
  readonly name: string
  readonly summary: string
  /** Whether it tells clients apart, so that something has to say who they are. */
  readonly needsClient: boolean
  create<Entry extends Waiting>(): Queue<Entry>
}
