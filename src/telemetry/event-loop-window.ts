import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks'

type DelayHistogram = ReturnType<typeof monitorEventLoopDelay>

const resolutionMs = 20
const halfMs = 30_000

interface Half {
  readonly delay: DelayHistogram
  readonly begun: EventLoopUtilization
}

/**
 * How busy the event loop was of late: over the last 30 to 60 s, whoever asks and however often, so that two who scrape see
 * the same. Two halves take turns: each measures for a minute, and what is told is of the older one.
 */
export class EventLoopWindow {
  readonly #utilizationNow: () => EventLoopUtilization
  #older: Half
  #newer: Half

  /** @param every calls back again and again; the process does not live for it */
  constructor(
    every: (ms: number, turn: () => void) => void = (ms, turn) => void setInterval(turn, ms).unref(),
    utilizationNow = () => performance.eventLoopUtilization(),
  ) {
    this.#utilizationNow = utilizationNow
    this.#older = this.#begin()
    this.#newer = this.#older
    every(halfMs, () => this.#turn())
  }

  get utilization(): number {
    return performance.eventLoopUtilization(this.#utilizationNow(), this.#older.begun).utilization
  }

  get lagP99(): number {
    return this.#lag((delay) => delay.percentile(99))
  }

  get lagMax(): number {
    return this.#lag(({ max }) => max)
  }

  #begin(): Half {
    const delay = monitorEventLoopDelay({ resolution: resolutionMs })
    delay.enable()
    return { delay, begun: this.#utilizationNow() }
  }

  #turn(): void {
    if (this.#older !== this.#newer) this.#older.delay.disable()
    this.#older = this.#newer
    this.#newer = this.#begin()
  }

  /** What it measures is the distance of two ticks, in nanoseconds. */
  #lag(of: (delay: DelayHistogram) => number): number {
    const { delay } = this.#older
    return delay.count === 0 ? 0 : Math.max(0, of(delay) / 1e9 - resolutionMs / 1000)
  }
}
