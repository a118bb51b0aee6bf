import type { Histogram, HistogramFamily, Scalar, ScalarFamily } from './families.ts'

export interface AdmissionFamilies {
  readonly limit: ScalarFamily
  readonly inside: ScalarFamily
  readonly waiting: ScalarFamily
  readonly waits: HistogramFamily
  readonly shed: ScalarFamily
  readonly rates: ScalarFamily
  readonly shared: ScalarFamily
  readonly shedding: ScalarFamily
}

/** One bulkhead: of a service (`scope` service) or of a route. */
export class BulkheadMetrics {
  readonly #limit: Scalar
  readonly #inside: Scalar
  readonly #waiting: Scalar
  readonly #waits: Histogram
  readonly #shed: ScalarFamily
  readonly #labels: readonly [string, string]

  constructor({ limit, inside, waiting, waits, shed }: AdmissionFamilies, scope: string, name: string) {
    this.#limit = limit.bind(scope, name)
    this.#inside = inside.bind(scope, name)
    this.#waiting = waiting.bind(scope, name)
    this.#waits = waits.bind(scope, name)
    this.#shed = shed
    this.#labels = [scope, name]
    for (const reason of ['full', 'late']) shed.bind(scope, name, reason)
  }

  limit(places: number): void {
    this.#limit.value = places
  }

  inside(count: number): void {
    this.#inside.value = count
  }

  waiting(count: number): void {
    this.#waiting.value = count
  }

  waited(seconds: number): void {
    this.#waits.observe(seconds)
  }

  shed(reason: string): void {
    this.#shed.bind(...this.#labels, reason).value++
  }
}

/** One rate limit. */
export class RateMetrics {
  readonly #rates: ScalarFamily
  readonly #labels: readonly [string, string]

  constructor({ rates }: AdmissionFamilies, scope: string, name: string) {
    this.#rates = rates
    this.#labels = [scope, name]
    for (const result of ['allowed', 'waits', 'refused']) rates.bind(scope, name, result)
  }

  took(result: string): void {
    this.#rates.bind(...this.#labels, result).value++
  }
}

/** Bulkheads, rate limits and what the process sheds for its own sake. */
export class AdmissionMetrics {
  readonly #families: AdmissionFamilies

  constructor(families: AdmissionFamilies) {
    this.#families = families
  }

  bulkhead(scope: string, name: string): BulkheadMetrics {
    return new BulkheadMetrics(this.#families, scope, name)
  }

  rate(scope: string, name: string): RateMetrics {
    return new RateMetrics(this.#families, scope, name)
  }

  showShared(isShared: () => Promise<boolean>): void {
    this.#families.shared.bind().read = async () => ((await isShared()) ? 1 : 0)
  }

  /** The process is overloaded and has shed a request of this class. */
  overloaded(priority: string): void {
    this.#families.shed.bind('process', priority, 'overload').value++
  }

  /** How many classes the process sheds now, the lowest first: 1.4 is all of one and two fifths of the next. */
  shedding(classes: number): void {
    this.#families.shedding.bind().value = classes
  }

  retain(names: ReadonlySet<string>): void {
    const { limit, inside, waiting, waits, rates } = this.#families
    for (const family of [limit, inside, waiting, waits, rates]) family.retain('name', names)
  }
}
