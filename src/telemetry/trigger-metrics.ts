import type { ScalarFamily } from './families.ts'
import { ResultCounter } from './result-counter.ts'

/** A stream as it is seen now: who reads it, and how many messages wait for that. */
export interface StreamState {
  readonly stream: string
  readonly isUp: boolean
  readonly lags: readonly { readonly group: string; readonly messages: number }[]
}

/** What begins runs by itself. */
export class TriggerMetrics {
  readonly #runs: ScalarFamily
  readonly #emitted: ScalarFamily
  readonly #up: ScalarFamily
  readonly #lag: ScalarFamily
  readonly #counters = new Map<string, ResultCounter>()
  #read: () => readonly StreamState[] = () => []

  constructor(families: Readonly<Record<'runs' | 'emitted' | 'up' | 'lag', ScalarFamily>>) {
    this.#runs = families.runs
    this.#emitted = families.emitted
    this.#up = families.up
    this.#lag = families.lag
  }

  readonly countRun = (route: string, result: string): void => this.#count(this.#runs, route, result)

  readonly countEmitted = (stream: string, result: 'ok' | 'failed'): void => this.#count(this.#emitted, stream, result)

  #count(family: ScalarFamily, name: string, result: string): void {
    const key = `${family === this.#runs ? 'route' : 'stream'} ${name}`
    const counter = this.#counters.get(key) ?? new ResultCounter(family, name)
    this.#counters.set(key, counter)
    counter.count(result)
  }

  /** `read` is asked at each scrape. */
  follow(read: () => readonly StreamState[]): void {
    this.#read = read
  }

  look(): void {
    const states = this.#read()
    const names = new Set(states.map(({ stream }) => stream))
    this.#up.retain('stream', names)
    this.#lag.retain('stream', names)
    for (const { stream, isUp, lags } of states) {
      this.#up.bind(stream).value = isUp ? 1 : 0
      for (const { group, messages } of lags) this.#lag.bind(stream, group).value = messages
    }
  }
}
