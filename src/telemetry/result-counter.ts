import type { Scalar, ScalarFamily } from './families.ts'

/** Counts one thing by how it ended: all labels of its family but the last are fixed. */
export class ResultCounter {
  readonly #family: ScalarFamily
  readonly #labels: readonly string[]
  readonly #byResult = new Map<string, Scalar>()

  constructor(family: ScalarFamily, ...labels: readonly string[]) {
    this.#family = family
    this.#labels = labels
  }

  /** Shows a result from the start, at zero. */
  register(result: string): void {
    this.#counterOf(result)
  }

  count(result: string, by = 1): void {
    this.#counterOf(result).value += by
  }

  #counterOf(result: string): Scalar {
    let counter = this.#byResult.get(result)
    if (!counter) {
      counter = this.#family.bind(...this.#labels, result)
      this.#byResult.set(result, counter)
    }
    return counter
  }
}

/** What a service's retries and hedges may still cost. Nothing is shown of a service that never makes any. */
export class RetryBudgetMetrics {
  readonly #left: ScalarFamily
  readonly #refusals: ScalarFamily
  readonly #service: string

  constructor(left: ScalarFamily, refusals: ScalarFamily, service: string) {
    this.#left = left
    this.#refusals = refusals
    this.#service = service
  }

  show(left: () => number): void {
    this.#refusals.bind(this.#service)
    this.#left.bind(this.#service).read = left
  }

  countRefusal(): void {
    this.#refusals.bind(this.#service).value++
  }
}
