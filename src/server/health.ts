import { monitorEventLoopDelay } from 'node:perf_hooks'

/** One thing that readiness looks at. */
export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  /** Whether the gateway is not ready while it fails; otherwise it is only told. */
  readonly required: boolean
  readonly detail: string
}

const lagLimitMs = 1000
const windowMs = 5000
const resolutionMs = 50

/** Tells whether the event loop keeps up: the longest delay of the last seconds. */
export class LoopHealth {
  readonly #delays: ReturnType<typeof monitorEventLoopDelay>
  readonly #timer: NodeJS.Timeout
  #lastWindowMs = 0

  constructor() {
    this.#delays = monitorEventLoopDelay({ resolution: resolutionMs })
    this.#delays.enable()
    this.#timer = setInterval(() => {
      this.#lastWindowMs = this.#currentMs()
      this.#delays.reset()
    }, windowMs)
    this.#timer.unref()
  }

  check(): HealthCheck {
    const lagMs = Math.round(Math.max(this.#lastWindowMs, this.#currentMs()))
    const detail = `longest delay of the last ${windowMs / 1000} s: ${lagMs} ms`
    return { name: 'event-loop', ok: lagMs < lagLimitMs, required: true, detail }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#delays.disable()
  }

  #currentMs(): number {
    // What is measured is the distance of two ticks.
    return this.#delays.count === 0 ? 0 : Math.max(0, this.#delays.max / 1e6 - resolutionMs)
  }
}
