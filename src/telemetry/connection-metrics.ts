import type { ScalarFamily } from './families.ts'
import { ResultCounter } from './result-counter.ts'

/** A certificate that a listener shows, and for how long yet. */
export interface CertificateExpiry {
  readonly listener: string
  /** The first that it is for. */
  readonly name: string
  readonly seconds: number
}

/** What may end a connection before its first request. */
export type Beginning = 'handshake' | 'proxy-header'

type CreateFamily = (name: string, help: string, labels: readonly string[]) => ScalarFamily

/** What is told of connections to listeners before their first request. */
export class ConnectionMetrics {
  readonly #expiries: ScalarFamily
  readonly #faults: Readonly<Record<Beginning, ScalarFamily>>
  #read: () => Iterable<CertificateExpiry> = () => []

  constructor(gauge: CreateFamily, counter: CreateFamily) {
    this.#expiries = gauge(
      'tessera_tls_expiry_seconds',
      'Time until a certificate of a listener expires, by its first name',
      ['listener', 'name'],
    )
    const labels = ['listener', 'reason']
    this.#faults = {
      handshake: counter('tessera_tls_handshake_failures_total', 'TLS handshakes that failed', labels),
      'proxy-header': counter(
        'tessera_proxy_protocol_failures_total',
        'Connections ended for want of a PROXY protocol header',
        labels,
      ),
    }
  }

  /** Counts connections that ended there, by why; every reason is shown from the start. */
  faults(beginning: Beginning, listener: string, reasons: readonly string[]): ResultCounter {
    const counter = new ResultCounter(this.#faults[beginning], listener)
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
