import type { CallRequest } from '../calls/call.ts'
import { type Layer, type LayerResponse, OngoingCall } from '../calls/layer.ts'
import type { CallSite } from '../calls/policy.ts'
import { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import { pause } from '../pause.ts'
import type { Context } from '../steps/context.ts'
import type { Awaited, Recorder, Undo } from '../steps/recorder.ts'
import type { Compensations } from './compensations.ts'
import { type Control, never } from './control.ts'
import type { Mailbox } from './inbox/mailbox.ts'
import type { Message } from './inbox/message.ts'
import type { RunLog } from './log/run-log.ts'
import { raise, restore, type Said, sayError, sayResponse, sayUnknown } from './log/said.ts'

/** What all recorders of one run share. */
export interface RunParts {
  readonly id: string
  readonly log: RunLog
  readonly mailbox: Mailbox
  readonly clock: Clock
  /** Of the whole run: no step beside a call ends it. */
  readonly scope: Scope
  readonly compensations: Compensations
  readonly control: Control
  /** Whether no more is to be recorded. */
  readonly isFull: () => boolean
}

/** What a recorder adds to the name of a place. */
interface Here {
  /** `:2`, in the second turn of a loop. */
  readonly turn: string
  /** The attempt to undo a call, from 1; 0 outside of that. */
  readonly undoing: number
}

/** Records the calls, waits and choices of a run, and gives what was recorded before a restart. */
export class RunRecorder implements Recorder {
  readonly #run: RunParts
  readonly #here: Here
  /** The groups that it stands in, the whole run first. */
  readonly #groups: readonly Set<string>[]

  constructor(run: RunParts, groups: readonly Set<string>[] = [new Set()], here: Here = { turn: '', undoing: 0 }) {
    this.#run = run
    this.#groups = groups
    this.#here = here
  }

  turn(index: number): RunRecorder {
    return new RunRecorder(this.#run, this.#groups, { ...this.#here, turn: `${this.#here.turn}:${index}` })
  }

  group(): RunRecorder {
    return new RunRecorder(this.#run, [...this.#groups, new Set()], this.#here)
  }

  /** The same for the call that undoes another. */
  undoing(attempt: number): RunRecorder {
    return new RunRecorder(this.#run, [], { ...this.#here, undoing: attempt })
  }

  async call(site: CallSite, request: CallRequest, call: OngoingCall, send: Layer): Promise<LayerResponse> {
    const { log, compensations, control } = this.#run
    const { isCompensation, mayRepeat } = site.recorded!
    if (control.isPaused) {
      await control.goesOn()
      if (!isCompensation) call.context.scope.throwIfCancelled()
    }
    if (this.#isLeft) return never()
    const key = this.#keyOf(site)
    const place = this.#here.undoing > 1 ? `${key}#${this.#here.undoing}` : key
    const again = log.intentOf(place) !== undefined
    if (!again && !isCompensation && this.#run.isFull()) throw tooMuchState(site)
    if (!isCompensation) {
      compensations.begin(place)
      control.began()
      for (const group of this.#groups) group.add(place)
    }
    const sent = { ...request, headers: this.#headersOf(site, request, key) }
    const { said, live } = await log.tell<LayerResponse | GatewayError>(place, (arrive) => {
      if (again && !mayRepeat) return arrive(sayUnknown(site))
      if (!again) log.note({ kind: 'intent', place })
      const go = () =>
        log
          .send(() => this.#send(site, sent, call, send))
          .then(
            (response) => arrive(sayResponse(response), response),
            (thrown: unknown) => arrive(sayError(toGatewayError(thrown), site), toGatewayError(thrown)),
          )
      if (control.holds(again)) void control.goesOn(again).then(go)
      else void go()
    })
    if (!isCompensation) {
      compensations.end(place, (said as Said).ending)
      control.ended()
    }
    if (this.#isLeft) return never()
    if (live) return live instanceof GatewayError ? raise(live) : live
    return restore(said as Said, site)
  }

  /** What may do something ends by itself, so that it is known what came of it. */
  async #send({ safe }: CallSite, request: CallRequest, call: OngoingCall, send: Layer): Promise<LayerResponse> {
    if (safe) return send(request, call)
    const own = new OngoingCall((call.context as Context).withScope(this.#run.scope))
    own.request = request
    try {
      return await send(request, own)
    } finally {
      call.attempts = own.attempts
      call.endpoint = own.endpoint
    }
  }

  #keyOf({ recorded }: CallSite): string {
    const { place, isCompensation } = recorded!
    return `${place}${this.#here.turn}${isCompensation ? ':compensate' : ''}`
  }

  #headersOf(site: CallSite, { headers }: CallRequest, key: string): CallRequest['headers'] {
    const { id } = this.#run
    const own: Record<string, string> = { 'idempotency-key': `${id}:${key}`, ...headers }
    if (site.recorded!.isCompensation) own['tessera-compensates'] = `${id}:${key.slice(0, -':compensate'.length)}`
    return own
  }

  async keep<Value>(place: string, find: () => Promise<Value>): Promise<Value> {
    const { said } = await this.#run.log.tell(this.#at(place), (arrive) => {
      find().then(arrive, () => arrive(undefined))
    })
    if (this.#isLeft) return never()
    return said as Value
  }

  choose<Choice extends number | boolean>(place: string, decide: () => Choice): Choice {
    return this.#run.log.choose(this.#at(place), decide)
  }

  async wait(place: string, ms: number, scope: Scope): Promise<void> {
    const { log, clock } = this.#run
    const at = this.#at(place)
    await log.tell(at, (arrive) => {
      let until = log.intentOf(at)?.until
      if (until === undefined) {
        until = log.now + ms
        log.note({ kind: 'intent', place: at, until })
      }
      const leftMs = Math.max(0, until - clock.epoch())
      log
        .written()
        .then(() => pause(leftMs, clock, scope))
        .then(arrive, arrive)
    })
    if (this.#isLeft) return never()
    scope.throwIfCancelled()
  }

  async emit(place: string, send: (id: string) => Promise<void>, scope: Scope): Promise<void> {
    const { log, id, control } = this.#run
    const at = this.#at(place)
    if (control.isPaused) await control.goesOn()
    if (this.#isLeft) return never()
    scope.throwIfCancelled()
    await log.tell(at, (arrive) => {
      if (log.intentOf(at) === undefined) log.note({ kind: 'intent', place: at })
      this.#insist(() => log.send(() => send(`${id}:${at}`)), scope).then(() => arrive('sent'), arrive)
    })
    if (this.#isLeft) return never()
    scope.throwIfCancelled()
  }

  /** Ends when it is done, or nobody wants it any more. */
  async #insist(act: () => Promise<void>, scope: Scope): Promise<void> {
    const { clock } = this.#run
    for (let pauseMs = 500; ; pauseMs = Math.min(2 * pauseMs, 30_000)) {
      try {
        return await act()
      } catch {
        await pause(pauseMs, clock, scope)
      }
    }
  }

  /** The message and the end of its time are told one after the other: the first of them counts, after a restart too. */
  async receive(place: string, what: Awaited, withinMs: number, scope: Scope): Promise<Message | undefined> {
    const taking = this.#run.mailbox.take(what.kind, what.name)
    if (taking.early) return taking.early
    const timing = new Scope(scope)
    const late = this.wait(`${place}:timeout`, withinMs, timing).catch(() => {})
    const message = await Promise.race([taking.message, late])
    taking.cancel()
    timing.cancel(new GatewayError('cancelled'))
    if (this.#isLeft) return never()
    scope.throwIfCancelled()
    return message ?? undefined
  }

  #at(place: string): string {
    return `${place}${this.#here.turn}`
  }

  mayUndo(place: string, undo: Undo): void {
    this.#run.compensations.mayUndo(this.#at(place), { undo, recorder: this })
  }

  leaveBehind(place: string): void {
    if (!this.#isLeft) this.#run.compensations.leaveBehind(this.#at(place))
  }

  abandon(): void {
    if (!this.#isLeft) this.#run.compensations.abandon(this.#groups.at(-1)!)
  }

  async compensate(which: 'all' | 'none' | readonly string[]): Promise<void> {
    if (!this.#isLeft) await this.#run.compensations.run(this.#groups.at(-1)!, which)
    if (this.#isLeft) return never()
  }

  /** The run was cancelled: its steps stay where they are, and only what undoes them goes on. */
  get #isLeft(): boolean {
    return this.#here.undoing === 0 && this.#run.control.isCancelled
  }
}

function tooMuchState({ step }: CallSite): GatewayError {
  return new GatewayError('too-much-state', { step, title: 'More is to be recorded of the run than `maxState`' })
}
