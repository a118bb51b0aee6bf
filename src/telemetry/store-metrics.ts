import type { Scalar, ScalarFamily } from './families.ts'

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
