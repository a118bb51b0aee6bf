import type { Clock, Timer } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import type { Mark, Marks } from './marks.ts'
import { lastDue, type Schedule } from './schedule.ts'
import { printMoment, type TriggeredRuns } from './triggered-runs.ts'

/** What is not older is in time, however long a gateway took to start. */
const graceMs = 60_000
/** Between two looks at whether the run before has ended, and two tries to record one. */
const againMs = 1000
const mostWaiting = 1000

/** What became of a moment. */
export type FiringResult = 'fired' | 'skipped' | 'missed' | 'failed'

export interface TimedTriggerOptions {
  readonly route: string
  readonly schedule: Schedule
  readonly overlap: 'skip' | 'queue' | 'allow'
  readonly missedForMs: number
  readonly clock: Clock
  readonly marks: Marks
  readonly runs: TriggeredRuns<{ readonly time: string; readonly last: string | undefined }> & {
    /** Whether a run of it is open, here or elsewhere. */
    isOpen(): Promise<boolean>
  }
  /** Told what became of each, and why it is not well; undefined once it is again. */
  readonly count: (result: FiringResult) => void
  readonly told: (reason: string | undefined) => void
}

/**
 * Begins a run for each moment that is due. Every gateway does so by itself: the run's id, ROUTE:TIME, is there once. What was due
 * while none ran is told by the mark that all of them keep.
 */
export class TimedTrigger {
  readonly #options: TimedTriggerOptions
  #mark: Mark = { doneMs: 0, waitingMs: [] }
  #timer: Timer | undefined
  #isStopped = false
  #isFailing = false
  #wake = () => {}
  readonly #ended: Promise<void>

  constructor(options: TimedTriggerOptions) {
    this.#options = options
    this.#ended = this.#go()
  }

  /** Begins nothing more. */
  stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#wake()
    return this.#ended
  }

  async #go(): Promise<void> {
    const { route, schedule, marks, clock } = this.#options
    const now = clock.epoch()
    const found = await this.#insist(() => marks.read(route))
    this.#mark = found ?? { doneMs: now, waitingMs: [] }
    // What never was, is not made up for.
    if (!found) await this.#keep({})
    while (!this.#isStopped) {
      const due = schedule.next(this.#mark.doneMs)
      const waits = this.#mark.waitingMs.length > 0
      if (due === undefined && !waits) return
      const leftMs = due === undefined ? againMs : due - clock.epoch()
      if (leftMs > 0) await this.#sleep(waits ? Math.min(againMs, leftMs) : leftMs)
      if (this.#isStopped) return
      await this.#look()
    }
  }

  /** Deals with what is due by now. */
  async #look(): Promise<void> {
    const { schedule, overlap, missedForMs, clock, count } = this.#options
    const now = clock.epoch()
    const last = lastDue(schedule, this.#mark.doneMs, now)
    if (last !== undefined) {
      const isMissed = now - last > Math.max(graceMs, missedForMs)
      if (isMissed) count('missed')
      if (isMissed) await this.#keep({ doneMs: last })
      else if (overlap === 'queue') {
        const waitingMs = [...this.#mark.waitingMs, last].slice(-mostWaiting)
        await this.#keep({ doneMs: last, waitingMs })
      } else await this.#meet(last)
    }
    const [first, ...others] = this.#mark.waitingMs
    if (first === undefined || (await this.#isOpen())) return
    if (await this.#fire(first)) await this.#keep({ waitingMs: others, firedMs: first })
  }

  /** Begins the run of a moment, or lets it pass; one that cannot be recorded is tried again until the next is due. */
  async #meet(due: number): Promise<void> {
    const { schedule, overlap, clock, count } = this.#options
    if (overlap === 'skip' && (await this.#isOpen())) {
      count('skipped')
      return this.#keep({ doneMs: due })
    }
    for (;;) {
      if (await this.#fire(due)) return this.#keep({ doneMs: due, firedMs: due })
      const next = schedule.next(due) ?? Number.POSITIVE_INFINITY
      if (this.#isStopped || next <= clock.epoch()) return
      await this.#sleep(againMs)
    }
  }

  /** Whether it is done with a moment: it began, here or elsewhere, or never can. */
  async #fire(ms: number): Promise<boolean> {
    const { route, runs, count, told } = this.#options
    const { firedMs } = this.#mark
    const last = firedMs === undefined ? undefined : printMoment(firedMs)
    try {
      const begun = await runs.begin(`${route}:${printMoment(ms)}`, { time: printMoment(ms), last })
      if (begun) count('fired')
      if (this.#isFailing) told(undefined)
      this.#isFailing = false
      return true
    } catch (thrown) {
      const { code, message } = toGatewayError(thrown)
      if (!this.#isFailing) told(message)
      this.#isFailing = true
      count('failed')
      return code === 'invalid-input'
    }
  }

  #isOpen(): Promise<boolean> {
    return this.#insist(() => this.#options.runs.isOpen(), true)
  }

  async #keep(change: Partial<Mark>): Promise<void> {
    const { route, marks } = this.#options
    this.#mark = { ...this.#mark, ...change }
    const mark = this.#mark
    await this.#insist(() => marks.write(route, mark))
  }

  /** Asks the store until it answers. */
  async #insist<Value>(ask: () => Promise<Value>, otherwise?: Value): Promise<Value> {
    for (;;) {
      try {
        return await ask()
      } catch (thrown) {
        if (!this.#isFailing) this.#options.told(toGatewayError(thrown).message)
        this.#isFailing = true
        if (this.#isStopped) return otherwise as Value
        await this.#sleep(againMs)
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    if (this.#isStopped) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#timer = this.#options.clock.schedule(ms, resolve)
    })
  }
}
