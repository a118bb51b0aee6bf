import type { Batch, Entry, Happening, Received } from './entry.ts'

/** What earlier executions of a run recorded. */
export class Past {
  readonly intents = new Map<string, Extract<Entry, { kind: 'intent' }>>()
  readonly choices = new Map<string, number | boolean>()
  /** What is to be told again, the next first. */
  readonly happenings: (Happening | Received)[] = []
  /** Places that something came of. */
  readonly happened = new Set<string>()
  /** How often it began in a row without anything having happened in between; this execution counts. */
  readonly beginnings: number
  /** When the first execution began; undefined before it. */
  readonly beganAt: number | undefined
  /** The number of the last message that it was told. */
  readonly lastMessage: number
  readonly #parked = new Map<string, number>()

  constructor(batches: readonly Batch[]) {
    let beginnings = 1
    let beganAt: number | undefined
    let lastMessage = 0
    for (const entry of batches.flat()) {
      if (entry.kind === 'began') {
        beganAt ??= entry.at
        beginnings += 1
      } else if (entry.kind === 'intent') this.intents.set(entry.place, entry)
      else if (entry.kind === 'choice') this.choices.set(entry.place, entry.choice)
      else if (entry.kind === 'parked') this.#parked.set(entry.place, this.timesParked(entry.place) + 1)
      else {
        beginnings = 1
        if (entry.kind === 'happened' || entry.kind === 'received') this.happenings.push(entry)
        if (entry.kind === 'happened') this.happened.add(entry.place)
        if (entry.kind === 'received') lastMessage = entry.message.seq
      }
    }
    this.beginnings = beginnings
    this.beganAt = beganAt
    this.lastMessage = lastMessage
  }

  /** How often nothing more was tried to undo a call. */
  timesParked(place: string): number {
    return this.#parked.get(place) ?? 0
  }
}
