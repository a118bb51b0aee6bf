import type { Histogram, HistogramFamily, Scalar, ScalarFamily } from './families.ts'
import { nameMethod } from './methods.ts'

/** One route as clients see it. */
export class RouteMetrics {
  readonly #durations: HistogramFamily
  readonly #active: Scalar
  /** Undefined: that of each request. */
  readonly #method: string | undefined
  readonly #template: string
  readonly #byStatus = new Map<number, Histogram>()
  readonly #byMethod = new Map<string, Map<number, Histogram>>()

  /** `method`: `*` for a route that takes any. */
  constructor(durations: HistogramFamily, active: Scalar, method: string, template: string) {
    this.#durations = durations
    this.#active = active
    this.#method = method === '*' ? undefined : nameMethod(method)
    this.#template = template
  }

  begin(): void {
    this.#active.value++
  }

  /** Once for every `begin`. A status that is none (the client left before one was sent) gets the label ''. */
  end(status: number, seconds: number, method = '', traceId?: string): void {
    this.#active.value--
    if (this.#method === undefined) this.#observeAny(nameMethod(method), status, seconds, traceId)
    else this.#observe(this.#byStatus, this.#method, status, seconds, traceId)
  }

  #observeAny(method: string, status: number, seconds: number, traceId: string | undefined): void {
    let byStatus = this.#byMethod.get(method)
    if (!byStatus) {
      byStatus = new Map()
      this.#byMethod.set(method, byStatus)
    }
    this.#observe(byStatus, method, status, seconds, traceId)
  }

  #observe(
    byStatus: Map<number, Histogram>,
    method: string,
    status: number,
    seconds: number,
    traceId: string | undefined,
  ): void {
    let histogram = byStatus.get(status)
    if (!histogram) {
      histogram = this.#durations.bind(method, this.#template, nameStatus(status))
      byStatus.set(status, histogram)
    }
    histogram.observe(seconds, traceId)
  }
}

export class StepMetrics {
  readonly #durations: HistogramFamily
  readonly #fallbacks: ScalarFamily
  readonly #route: string
  readonly #step: string
  readonly #byOutcome = new Map<string, Histogram>()

  constructor(durations: HistogramFamily, fallbacks: ScalarFamily, route: string, step: string) {
    this.#durations = durations
    this.#fallbacks = fallbacks
    this.#route = route
    this.#step = step
  }

  /** `outcome`: `ok`, `skipped` where its condition did not hold, `left-out` where it failed and is optional, else the error code. */
  observe(outcome: string, seconds: number): void {
    let histogram = this.#byOutcome.get(outcome)
    if (!histogram) {
      histogram = this.#durations.bind(this.#route, this.#step, outcome)
      this.#byOutcome.set(outcome, histogram)
    }
    histogram.observe(seconds)
  }

  /** Shows what may stand in from the start, at zero. */
  showFallback(source: string): void {
    this.#fallbacks.bind(this.#route, this.#step, source)
  }

  /** Something stood in for the backend: `fallback`, `stale`, `skipped`. */
  countFallback(source: string): void {
    this.#fallbacks.bind(this.#route, this.#step, source).value++
  }
}

/** Attempts to call one operation of a backend. */
export class ClientMetrics {
  readonly #durations: HistogramFamily
  readonly #service: string
  readonly #operation: string
  readonly #method: string
  readonly #successes = new Map<number, Histogram>()

  constructor(durations: HistogramFamily, service: string, operation: string, method: string) {
    this.#durations = durations
    this.#service = service
    this.#operation = operation
    this.#method = nameMethod(method)
  }

  /** One attempt. `status` undefined: no answer came; `errorType` undefined: it succeeded. */
  observe(status: number | undefined, errorType: string | undefined, seconds: number): void {
    if (status === undefined || errorType !== undefined) {
      this.#bind(status, errorType ?? '').observe(seconds)
      return
    }
    let histogram = this.#successes.get(status)
    if (!histogram) {
      histogram = this.#bind(status, '')
      this.#successes.set(status, histogram)
    }
    histogram.observe(seconds)
  }

  #bind(status: number | undefined, errorType: string): Histogram {
    return this.#durations.bind(this.#service, this.#operation, this.#method, nameStatus(status), errorType)
  }
}

function nameStatus(status: number | undefined): string {
  return status !== undefined && status >= 100 && status <= 599 ? String(status) : ''
}
