import type { Scalar, ScalarFamily } from './families.ts'

export interface CacheFamilies {
  readonly results: ScalarFamily
  readonly joined: ScalarFamily
}

/** Calls of one operation of a backend that have a cache, or join each other. */
export class CacheMetrics {
  readonly #families: CacheFamilies
  readonly #service: string
  readonly #operation: string
  readonly #byResult = new Map<string, Scalar>()

  constructor(families: CacheFamilies, service: string, operation: string) {
    this.#families = families
    this.#service = service
    this.#operation = operation
  }

  /** `hit`, `stale`, `miss`, `stale-if-error`; `stored` too when an answer was kept. */
  count(result: string): void {
    let counter = this.#byResult.get(result)
    if (!counter) {
      counter = this.#families.results.bind(this.#service, this.#operation, result)
      this.#byResult.set(result, counter)
    }
    counter.value++
  }

  /** A call shares the answer of another. */
  countJoined(): void {
    this.#families.joined.bind(this.#service, this.#operation).value++
  }
}

export interface StoreFamilies {
  readonly bytes: ScalarFamily
  readonly entries: ScalarFamily
  readonly evictions: ScalarFamily
  readonly failures: ScalarFamily
}

/** The store of answers. */
export class StoreMetrics {
  readonly #bytes: Scalar
  readonly #entries: Scalar
  readonly #evictions: Scalar
  readonly #failures: Scalar

  constructor({ bytes, entries, evictions, failures }: StoreFamilies) {
    this.#bytes = bytes.bind()
    this.#entries = entries.bind()
    this.#evictions = evictions.bind()
    this.#failures = failures.bind()
  }

  /** What a store in memory holds. */
  setSize(bytes: number, entries: number): void {
    this.#bytes.value = bytes
    this.#entries.value = entries
  }

  countEviction(): void {
    this.#evictions.value++
  }

  /** The store could not be asked. */
  countFailure(): void {
    this.#failures.value++
  }
}
