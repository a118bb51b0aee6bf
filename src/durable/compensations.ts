import type { Scope } from '../cancellation.ts'
import { type GatewayError, toGatewayError } from '../errors.ts'
import type { Recorder, Undo } from '../steps/recorder.ts'
import type { RunLog } from './log/run-log.ts'
import type { Ending } from './log/said.ts'

/** What became of a call that something undoes. */
export type Undone = 'open' | 'undone' | 'parked' | 'stands'

/** How a call is undone, and through what. */
interface Way {
  readonly undo: Undo
  readonly recorder: {
    /** The same for an attempt to undo it, from 1. */
    undoing(attempt: number): Recorder
  }
}

interface Call {
  ending: Ending | undefined
  way: Way | undefined
  undone: Undone
  /** Of undoing it, from when that begins. */
  ended: Promise<void> | undefined
}

export interface CompensationOptions {
  readonly log: RunLog
  /** Of the whole run. */
  readonly scope: Scope
  /** Told of a call that nothing undoes by itself any more. */
  readonly parked: (place: string, error: GatewayError) => void
  /** Told when all else is done, and something is parked. */
  readonly stuck: () => void
}

/** The calls of a run, in the order in which they went out, and what undoes them. */
export class Compensations {
  readonly #calls = new Map<string, Call>()
  readonly #ways = new Map<string, Way>()
  readonly #undone: string[] = []
  readonly #options: CompensationOptions

  constructor(options: CompensationOptions) {
    this.#options = options
  }

  mayUndo(place: string, way: Way): void {
    this.#ways.set(place, way)
  }

  begin(place: string): void {
    this.#calls.set(place, { ending: undefined, way: this.#ways.get(place), undone: 'open', ended: undefined })
  }

  end(place: string, ending: Ending): void {
    this.#calls.get(place)!.ending = ending
  }

  /** The run goes on without knowing whether the call did anything. */
  leaveBehind(place: string): void {
    const call = this.#calls.get(place)
    if (call?.ending === 'unknown') void this.#undo(place, call)
  }

  abandon(group: ReadonlySet<string>): void {
    void this.run(group, 'all')
  }

  /** Undoes all that may have done something. */
  all(): Promise<void> {
    return this.run(new Set(this.#calls.keys()), 'all')
  }

  /** Undoes those of a group, one after the other, in the reverse of the order in which they went out. */
  async run(group: ReadonlySet<string>, which: 'all' | 'none' | readonly string[]): Promise<void> {
    const chosen = [...this.#calls].filter(
      ([place, { way }]) =>
        group.has(place) && way !== undefined && (typeof which === 'string' || which.includes(way.undo.step)),
    )
    if (which === 'none') {
      for (const [, call] of chosen) if (call.undone === 'open') call.undone = 'stands'
      return
    }
    for (const [place, call] of chosen.reverse()) await this.#undo(place, call)
  }

  /**
   * Resolves when nothing is being undone any more; never while a call is parked. One that an execution before left parked is
   * tried once more, now that all else is as it was then.
   */
  async rest(): Promise<void> {
    for (const { ended } of this.#calls.values()) await ended
    for (let round = 2; ; round += 1) {
      const again = [...this.#calls].filter(
        ([place, { undone }]) => undone === 'parked' && round <= 1 + this.#options.log.timesParked(place),
      )
      if (again.length === 0) break
      for (const [place, call] of again.reverse()) await this.#tryRound(place, call, round)
    }
    if (!this.hasParked) return
    this.#options.stuck()
    await new Promise<never>(() => {})
  }

  /** What was undone, by the names of the steps, in the order in which it was. */
  get undone(): readonly string[] {
    return this.#undone
  }

  get hasParked(): boolean {
    return [...this.#calls.values()].some(({ undone }) => undone === 'parked')
  }

  get isUnderWay(): boolean {
    return [...this.#calls.values()].some(({ undone, ended }) => ended !== undefined && undone === 'open')
  }

  #undo(place: string, call: Call): Promise<void> {
    if (!call.way || call.ending === 'refused' || call.ending === undefined || call.undone === 'stands')
      return Promise.resolve()
    call.ended ??= this.#tryRound(place, call, 1)
    return call.ended
  }

  /** Tries to undo a call as often as its `retry` says, behind which it is parked. */
  async #tryRound(place: string, call: Call, round: number): Promise<void> {
    const { log, scope, parked } = this.#options
    const { undo, recorder } = call.way!
    const { step, delayMs, attempts } = undo
    call.undone = 'open'
    for (let nth = 1; ; nth += 1) {
      const attempt = (round - 1) * attempts + nth
      const undoing = recorder.undoing(attempt)
      try {
        await undo.send(undoing, scope)
        this.#isUndone(call)
        return
      } catch (thrown) {
        const error = toGatewayError(thrown)
        if (isGone(error) && call.ending === 'unknown') {
          this.#isUndone(call)
          return
        }
        if (nth === attempts) {
          call.undone = 'parked'
          // What stood behind it in the record of before went on from here.
          if (log.timesParked(place) >= round) return
          log.note({ kind: 'parked', place })
          parked(place, error)
          return
        }
      }
      await undoing.wait(`${step}:compensate#${attempt}:wait`, delayMs(nth), scope)
    }
  }

  #isUndone(call: Call): void {
    call.undone = 'undone'
    this.#undone.push(call.way!.undo.step)
  }
}

/** What may never have been done is not there to be undone. */
function isGone({ response }: GatewayError): boolean {
  return response?.status === 404 || response?.status === 410
}
