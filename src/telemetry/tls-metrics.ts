import type { ScalarFamily } from './families.ts'
import { ResultCounter } from './result-counter.ts'

/** A certificate that a listener shows, and for how long yet. */
export interface CertificateExpiry {
  readonly listener: string
  /** The first that it is for. */
  readonly name: string
  readonly seconds: number
}

/** What is told of listeners that speak TLS. */
export class TlsMetrics {
  readonly #expiries: ScalarFamily
  readonly #faults: ScalarFamily
  #read: () => Iterable<CertificateExpiry> = () => []

  constructor({ expiries, faults }: { readonly expiries: ScalarFamily; readonly faults: ScalarFamily }) {
    this.#expiries = expiries
    this.#faults = faults
  }

  /** Counts handshakes that failed, by why; every reason is shown from the start. */
  faults(listener: string, reasons: readonly string[]): ResultCounter {
    const counter = new ResultCounter(this.#faults, listener)
    for (const reason of reasons) counter.register(reason)
    return counter
  }

  /** `read` is asked at each scrape. */
  follow(read: () => Iterable<CertificateExpiry>): void {
    this.#read = read
  }

  look(): void {
    const all = [...this.#read()]
    this.#expiries.retain('name', new Set(all.map(({ name }) => name)))
    for (const { listener, name, seconds } of all) this.#expiries.bind(listener, name).value = seconds
  }
}
