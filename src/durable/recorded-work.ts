import { createHash } from 'node:crypto'
import { WorkBudget, type WorkTime } from '../expressions/work.ts'
import type { RunLog } from './log/run-log.ts'

/** The work of a durable run: what is random or of the time in it is the same after a restart. */
export class RecordedWork extends WorkBudget {
  readonly #log: RunLog
  readonly #seed: string
  #drawn = 0

  constructor(limit: number, time: WorkTime, log: RunLog, seed: string) {
    super(limit, time)
    this.#log = log
    this.#seed = seed
  }

  override get instant(): number {
    return this.#log.now
  }

  /** The next of a row that only the seed tells: a run asks for them in the same order again. */
  override uuid(): string {
    const bytes = createHash('sha256')
      .update(`${this.#seed}:${this.#drawn++}`)
      .digest()
      .subarray(0, 16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x40
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }
}
