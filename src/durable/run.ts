import { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { Document } from '../expressions/document.ts'
import type { DurableSettings } from '../routes/durable.ts'
import { Compensations } from './compensations.ts'
import { Control } from './control.ts'
import { Mailbox } from './inbox/mailbox.ts'
import type { Batch } from './log/entry.ts'
import { RunLog } from './log/run-log.ts'
import { RecordedWork } from './recorded-work.ts'
import { RunRecorder } from './recorder.ts'
import type { EndState, RunState } from './state.ts'

/** With what the steps of a run begin, or begin once more. */
export interface RunStart {
  readonly document: Document
  readonly recorder: RunRecorder
  readonly work: RecordedWork
  readonly scope: Scope
  /** Until when it may take, on `Clock.now()`'s scale. */
  readonly deadline: number
  /** What the steps come to, unless somebody cancels the run before. */
  readonly untilCancelled: Control['untilCancelled']
  /** Undoes all that they may have done. */
  readonly undoAll: () => Promise<void>
}

export interface RunOptions<Outcome> {
  readonly id: string
  /** What its random values are drawn from: nobody else knows it. */
  readonly seed: string
  /** Its context before its first step. */
  readonly document: Document
  /** What was recorded of it so far, oldest first. */
  readonly past: readonly Batch[]
  readonly settings: DurableSettings
  /** Whether it is this process that executes it, as far as that knows; asked before anything goes out. */
  readonly mayAct?: () => boolean
  readonly maxWork: number
  readonly clock: Clock
  /** Runs its steps, and undoes what has to be undone. Never rejects. */
  readonly execute: (start: RunStart) => Promise<Outcome>
  readonly isFailure: (outcome: Outcome) => boolean
  /** Told of what nothing undoes by itself any more. */
  readonly parked: (place: string, error: GatewayError) => void
  /** Told what it is at, as soon as that is recorded. */
  readonly stateChanged?: ((state: RunState) => void) | undefined
  /** Told when nothing of it goes on by itself any more, though it has not ended. */
  readonly stuck?: (() => void) | undefined
}

export interface RunEnd<Outcome> {
  readonly outcome: Outcome
  readonly state: EndState
  /** The calls that were undone, in the order in which they were. */
  readonly compensated: readonly string[]
}

/** One execution of a run: from its beginning, or from what was recorded of it. */
export class Run<Outcome> {
  readonly log: RunLog
  /** What was sent to it, as far as it was told. */
  readonly mailbox = new Mailbox()
  readonly #options: RunOptions<Outcome>
  readonly #compensations: Compensations
  readonly #control: Control
  readonly #scope = new Scope()
  /** Of its steps, not of what undoes them. */
  readonly #steps = new Scope(this.#scope)
  #bytes = 0
  #end: RunEnd<Outcome> | undefined
  #seen: RunState | undefined

  constructor(options: RunOptions<Outcome>) {
    const { past, clock, parked, mayAct } = options
    this.#options = options
    this.log = new RunLog({
      ...{ past, clock, mayAct },
      settled: () => this.#look(),
      deliver: (message) => this.mailbox.deliver(message),
    })
    this.#control = new Control(this.mailbox, past, (reason) => this.#steps.cancel(reason))
    this.#compensations = new Compensations({ log: this.log, scope: this.#scope, parked, stuck: () => this.#isStuck() })
  }

  /** Counts what was recorded of it, in bytes. */
  count(bytes: number): void {
    this.#bytes += bytes
  }

  /** What it came to, once it has ended. */
  get end(): RunEnd<Outcome> | undefined {
    return this.#end
  }

  get state(): RunState {
    if (this.#end) return this.#end.state
    if (this.#control.isPaused) return 'paused'
    if (this.#compensations.hasParked) return 'parked'
    if (this.#compensations.isUnderWay) return 'compensating'
    return this.log.isWaiting ? 'waiting' : 'running'
  }

  /** The calls that were undone so far, in the order in which they were. */
  get compensated(): readonly string[] {
    return [...this.#compensations.undone]
  }

  #look(): void {
    const { state } = this
    if (state === this.#seen) return
    this.#seen = state
    void this.log.kept().then(() => this.#options.stateChanged?.(state))
  }

  #isStuck(): void {
    this.#look()
    void this.log.kept().then(() => this.#options.stuck?.())
  }

  /** What of it is under way ends, as with its process. */
  abort(): void {
    this.#scope.cancel(new GatewayError('internal', { reason: 'its process has ended' }))
  }

  /** Resolves when all of it is done; never when it cannot be, or is given up before. */
  async go(): Promise<RunEnd<Outcome>> {
    const { id, seed, document, settings, maxWork, clock, execute, isFailure } = this.#options
    const { log } = this
    const deadline = clock.now() + log.beganAt + settings.timeoutMs - clock.epoch()
    const time = { now: () => clock.now(), epoch: () => clock.epoch(), deadline }
    const recorder = new RunRecorder({
      ...{
        id,
        log,
        clock,
        scope: this.#scope,
        mailbox: this.mailbox,
        compensations: this.#compensations,
        control: this.#control,
      },
      isFull: () => this.#bytes > settings.maxStateBytes,
    })
    const work = new RecordedWork(maxWork, time, log, seed)
    const executed = execute({
      ...{ document, recorder, work, scope: this.#steps, deadline },
      untilCancelled: (steps) => this.#control.untilCancelled(steps),
      undoAll: () => this.#compensations.all(),
    })
    log.open()
    const outcome = await executed
    await this.#compensations.rest()
    const { compensated } = this
    const failed: EndState = compensated.length > 0 ? 'compensated' : 'failed'
    const steered = isFailure(outcome) ? failed : 'done'
    this.#end = { outcome, state: this.#control.isRaised ? 'cancelled' : steered, compensated }
    this.#look()
    return this.#end
  }
}
