import type { Scalar, ScalarFamily } from './families.ts'
import { ResultCounter } from './result-counter.ts'

export interface HistoryFamilies {
  readonly recorded: ScalarFamily
  readonly dropped: ScalarFamily
  readonly bytes: ScalarFamily
  readonly runs: ScalarFamily
}

/** What is recorded of requests. */
export class HistoryMetrics {
  readonly recorded: ResultCounter
  readonly dropped: ResultCounter
  readonly #bytes: Scalar
  readonly #runs: Scalar

  constructor({ recorded, dropped, bytes, runs }: HistoryFamilies) {
    this.recorded = new ResultCounter(recorded)
    this.dropped = new ResultCounter(dropped)
    this.#bytes = bytes.bind()
    this.#runs = runs.bind()
  }

  /** `read` is asked at each scrape. */
  follow(read: () => { readonly runs: number; readonly bytes: number }): void {
    this.#bytes.read = () => read().bytes
    this.#runs.read = () => read().runs
  }
}
