import type { Clock, Timer } from '../../clock.ts'
import type { RunState } from '../state.ts'
import type { RunRecords } from './record.ts'

/** A state that does not last so long is not written. */
const lastsMs = 100

/** Writes what a run comes to, behind its back: only what lasts, and the newest of it. */
export class StateWriter {
  readonly #records: Pick<RunRecords, 'enter'>
  readonly #clock: Clock
  readonly #id: string
  readonly #stateNow: () => RunState
  #written: RunState = 'pending'
  #timer: Timer | undefined
  #isOver = false

  constructor(id: string, records: Pick<RunRecords, 'enter'>, clock: Clock, stateNow: () => RunState) {
    this.#id = id
    this.#records = records
    this.#clock = clock
    this.#stateNow = stateNow
  }

  /** Something of the run changed. */
  look(): void {
    if (this.#isOver || this.#timer || this.#stateNow() === this.#written) return
    const since = this.#clock.epoch()
    this.#timer = this.#clock.schedule(lastsMs, () => void this.#write(since))
  }

  /** Its end is written by whoever ends it. */
  close(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  async #write(since: number): Promise<void> {
    const state = this.#stateNow()
    if (state !== this.#written && !this.#isOver) {
      // One that cannot be written now is told by the next.
      const isWritten = await this.#records.enter(this.#id, state, since).then(
        () => true,
        () => false,
      )
      if (isWritten) this.#written = state
    }
    this.#timer = undefined
    this.look()
  }
}
