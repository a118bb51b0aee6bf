import type { Batch, Entry, Happening, Received } from './entry.ts'

/** What earlier executions of a run recorded. */
export class Past {
  readonly intents = new Map<string, Extract<Entry, { kind: 'intent' }>>()
  readonly choices = new Map<string, number | boolean>()
  /** What is to be told again, the next first. */
  readonly happenings: (Happening | Received)[] = []
  /** Places that something came of. */
  readonly happened = new Set<string>()
  /**
   * How often it began in a row, this time included, where each time before ended with a call under way, of which nothing came:
   * perhaps it is the run that ends its gateway. One that only waits, or has nothing under way, does not.
   */
  readonly beginnings: number
  /** When the first execution began; undefined before it. */
  readonly beganAt: number | undefined
  /** The number of the last message that it was told. */
  readonly lastMessage: number
  readonly #parked = new Map<string, number>()

  constructor(batches: readonly Batch[]) {
    let ended = 0
    const underWay = new Set<string>()
    const begin = () => {
      ended = underWay.size > 0 ? ended + 1 : 0
    }
    let beganAt: number | undefined
    let lastMessage = 0
    for (const entry of batches.flat()) {
      if (entry.kind === 'began') {
        beganAt ??= entry.at
        begin()
      } else if (entry.kind === 'intent') {
        this.intents.set(entry.place, entry)
        if (entry.until === undefined) underWay.add(entry.place)
      } else if (entry.kind === 'choice') this.choices.set(entry.place, entry.choice)
      else if (entry.kind === 'parked') this.#parked.set(entry.place, this.timesParked(entry.place) + 1)
      else {
        ended = 0
        if (entry.kind === 'happened' || entry.kind === 'received') this.happenings.push(entry)
        if (entry.kind === 'happened') {
          this.happened.add(entry.place)
          underWay.delete(entry.place)
        }
        if (entry.kind === 'received') lastMessage = entry.message.seq
      }
    }
    begin()
    this.beginnings = ended + 1
    this.beganAt = beganAt
    this.lastMessage = lastMessage
  }

  /** How often nothing more was tried to undo a call. */
  timesParked(place: string): number {
    return this.#parked.get(place) ?? 0
  }
}
