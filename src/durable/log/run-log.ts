import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import type { Message } from '../inbox/message.ts'
import type { Batch, Entry, Happening, Received } from './entry.ts'
import { Past } from './past.ts'

/** Between two looks at whether the run is still ours. */
const standBackMs = 200

export interface RunLogOptions {
  /** What was written by earlier executions, oldest first. */
  readonly past: readonly Batch[]
  readonly clock: Clock
  /** Whether it is this process that executes the run, as far as that knows. */
  readonly mayAct?: (() => boolean) | undefined
  /** Called back whenever all that something led to is done, but for what was recorded before. */
  readonly settled?: (() => void) | undefined
  /** Told what was sent to the run, in its turn. */
  readonly deliver: (message: Message) => void
}

/** What came of a place: as it was recorded, or just now. */
export interface Told<Value> {
  readonly said: unknown
  /** What it was made of, where it came just now. */
  readonly live: Value | undefined
}

interface Arrival {
  readonly happening: Happening | Received
  readonly live: unknown
}

/**
 * The record of one run. What happens to the run reaches it one after the other, each when all that the one before led to is
 * done: so the run is a function of the order in which things happened, and after a restart it is told the same in the same
 * order. What it then begins, and what it chose on the way, is written together with what it was told.
 */
export class RunLog {
  readonly #clock: Clock
  readonly #mayAct: () => boolean
  readonly #settled: () => void
  readonly #deliver: (message: Message) => void
  readonly #past: Past
  readonly #arrived: Arrival[] = []
  readonly #waiting = new Map<string, (told: Told<unknown>) => void>()
  #entries: Entry[] = []
  /** Of what is noted, and of what was taken to be written before. */
  #written = Promise.withResolvers<void>()
  #taken: Promise<void> = Promise.resolve()
  #wanted = Promise.withResolvers<void>()
  /** Before it is opened too: its steps have begun by then. */
  #isTelling = true
  #isStopped = false
  #isOver = false
  /** Of what was begun and is not told, and of it what has gone out. */
  #begun = 0
  #outside = 0
  #lastMessage: number
  #now: number
  constructor({ past, clock, deliver, mayAct = () => true, settled = () => {} }: RunLogOptions) {
    this.#clock = clock
    this.#mayAct = mayAct
    this.#deliver = deliver
    this.#settled = settled
    this.#past = new Past(past)
    const at = clock.epoch()
    this.beganAt = this.#past.beganAt ?? at
    this.#now = this.beganAt
    this.#lastMessage = this.#past.lastMessage
    this.note({ kind: 'began', at })
    this.#want()
  }

  /** When its first execution began, in milliseconds since the epoch. */
  readonly beganAt: number

  get beginnings(): number {
    return this.#past.beginnings
  }

  /** Its steps have begun: from now on they are told what happens. */
  open(): void {
    this.#settle(() => this.#toldAll())
  }

  /** The number of the last message that it has. */
  get lastMessage(): number {
    return this.#lastMessage
  }

  /** Tells the run in its turn what was sent to it; what it has is left, and what comes too late is there for the next execution. */
  receive(message: Message): void {
    if (message.seq <= this.#lastMessage || this.#isStopped || this.#isOver) return
    this.#lastMessage = message.seq
    this.#arrived.push({ happening: { kind: 'received', at: this.#clock.epoch(), message }, live: undefined })
    this.#tellNext()
  }

  /** Whether it does nothing but wait for something from outside that is no call. */
  get isWaiting(): boolean {
    return !this.#isTelling && !this.#isOver && this.#outside === 0 && this.#arrived.length === 0
  }

  /** When the run was told something last, in milliseconds since the epoch. */
  get now(): number {
    return this.#now
  }

  intentOf(place: string): { readonly until?: number } | undefined {
    return this.#past.intents.get(place)
  }

  /** How often nothing more was tried to undo a call. */
  timesParked(place: string): number {
    return this.#past.timesParked(place)
  }

  note(entry: Entry): void {
    // What does not go out must not look as if it had.
    if (this.#isStopped && entry.kind === 'intent') return
    this.#entries.push(entry)
  }

  choose<Choice extends number | boolean>(place: string, decide: () => Choice): Choice {
    const before = this.#past.choices.get(place)
    if (before !== undefined) return before as Choice
    const choice = decide()
    this.#past.choices.set(place, choice)
    this.note({ kind: 'choice', place, choice })
    return choice
  }

  /** Resolves once all that was noted is written, or never where no more is to begin. */
  written(): Promise<void> {
    this.#settle(() => this.#want())
    return this.#isStopped ? new Promise(() => {}) : this.kept()
  }

  /** Resolves once all that was noted so far is written. */
  kept(): Promise<void> {
    return this.#entries.length > 0 ? this.#written.promise : this.#taken
  }

  /** Gives what comes of a place: what was recorded, in its turn; else what `begin` arrives with. */
  tell<Value>(place: string, begin: (arrive: (said: unknown, live?: Value) => void) => void): Promise<Told<Value>> {
    const told = new Promise<Told<unknown>>((resolve) => this.#waiting.set(place, resolve))
    if (this.#past.happened.has(place)) this.#tellNext()
    else {
      this.#begun += 1
      begin((said, live) => {
        this.#begun -= 1
        this.#arrived.push({ happening: { kind: 'happened', place, at: this.#clock.epoch(), said }, live })
        this.#tellNext()
      })
    }
    return told as Promise<Told<Value>>
  }

  #tellNext(): void {
    if (this.#isTelling) return
    const [before] = this.#past.happenings
    const arrival = before ? undefined : this.#arrived[0]
    const happening = before ?? arrival?.happening
    if (!happening) return
    const tell = this.#tellerOf(happening)
    if (!tell) return
    if (before) this.#past.happenings.shift()
    else {
      this.#arrived.shift()
      this.note(happening)
    }
    this.#isTelling = true
    this.#now = happening.at
    tell(arrival?.live)
    this.#settle(() => this.#toldAll())
  }

  #toldAll(): void {
    this.#isTelling = false
    this.#want()
    this.#tellNext()
  }

  /** Undefined where nobody is there yet to be told. */
  #tellerOf(happening: Happening | Received): ((live: unknown) => void) | undefined {
    if (happening.kind === 'received') return () => this.#deliver(happening.message)
    const { place, said } = happening
    const resolve = this.#waiting.get(place)
    if (!resolve) {
      this.#expect(happening)
      return undefined
    }
    return (live) => {
      this.#waiting.delete(place)
      resolve({ said, live })
    }
  }

  /** What happened to it was told a place that it does not come to: its plan is not the one that it began with. */
  #expect({ place }: Happening): void {
    if (this.#begun > 0) return
    this.#settle(() => {
      const [next] = this.#past.happenings
      if (this.#isTelling || next?.kind !== 'happened' || next.place !== place || this.#waiting.has(place)) return
      this.#mismatch.resolve(new GatewayError('internal', { reason: `it does not come to ${place} any more` }))
    })
  }

  readonly #mismatch = Promise.withResolvers<GatewayError>()

  /** Resolves with why it cannot go on, should it come to that. */
  get mismatch(): Promise<GatewayError> {
    return this.#mismatch.promise
  }

  /** Calls back when all that is under way without anything from outside is done: Node runs a tick behind all microtasks. */
  #settle(then: () => void): void {
    queueMicrotask(() =>
      process.nextTick(() => {
        then()
        if (this.#past.happenings.length === 0) this.#settled()
      }),
    )
  }

  #want(): void {
    if (this.#entries.length > 0 || this.#isOver) this.#wanted.resolve()
  }

  /** Sends something out as soon as all that was noted is written. */
  async send<Value>(send: () => Promise<Value>): Promise<Value> {
    if (this.#isStopped) return new Promise(() => {})
    this.#outside += 1
    try {
      await this.written()
      while (!this.#mayAct()) await this.#standBack()
      return await send()
    } finally {
      this.#outside -= 1
    }
  }

  /** Somebody else may execute the run by now: what is written next tells. */
  async #standBack(): Promise<void> {
    await new Promise<void>((resolve) => this.#clock.schedule(standBackMs, resolve))
    this.note({ kind: 'resumed' })
    await this.written()
  }

  /** The run has ended, or nothing more of it begins here: what is noted is the last. */
  end(): void {
    this.#isOver = true
    this.#wanted.resolve()
  }

  /** From now on nothing begins; resolves when all that is under way is written. */
  async stop(): Promise<void> {
    this.#isStopped = true
    while (this.#outside > 0 || this.#arrived.length > 0 || this.#isTelling)
      await new Promise((resolve) => setImmediate(resolve))
    if (this.#isOver) return
    this.note({ kind: 'released' })
    const { promise } = this.#written
    this.end()
    await promise
  }

  /** The next batch to be written, as soon as there is one; undefined when there will be none. */
  async take(): Promise<{ readonly batch: Batch; readonly written: () => void } | undefined> {
    await this.#wanted.promise
    if (this.#entries.length === 0 && this.#isOver) return undefined
    const batch = this.#entries
    const { resolve, promise } = this.#written
    this.#taken = promise
    this.#entries = []
    this.#written = Promise.withResolvers()
    this.#wanted = Promise.withResolvers()
    if (this.#isOver) this.#wanted.resolve()
    return { batch, written: resolve }
  }
}
