import type { Clock, Timer } from '../clock.ts'
import { dropJournals, withoutJournal } from './dbos.ts'
import type { PlanTable } from './runs/plans.ts'
import type { RunTable } from './runs/table.ts'

const sweepEveryMs = 5000

/** Forgets what is kept no longer: ended runs, journals, plans that no run has, and runs that were claimed and never begun. */
export class Sweeper {
  readonly #runs: RunTable
  readonly #plans: PlanTable
  readonly #clock: Clock
  #timer: Timer | undefined
  #round: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(runs: RunTable, plans: PlanTable, clock: Clock) {
    this.#runs = runs
    this.#plans = plans
    this.#clock = clock
    this.#later()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#round
  }

  #later(): void {
    if (this.#isClosed) return
    // What could not be done now is done the next time.
    this.#timer = this.#clock.schedule(sweepEveryMs, () => {
      this.#round = this.#sweep().then(
        () => this.#later(),
        () => this.#later(),
      )
    })
  }

  async #sweep(): Promise<void> {
    const now = this.#clock.epoch()
    await this.#runs.sweep(now, dropJournals)
    for (const id of await withoutJournal(await this.#runs.silent(now))) await this.#runs.discard(id)
    await this.#plans.sweep()
  }
}
