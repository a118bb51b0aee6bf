import type { ScalarFamily } from './families.ts'
import { ResultCounter } from './result-counter.ts'

/** Who shows a certificate. */
export type Shower = 'listener' | 'service'

/** A certificate that a listener shows, or that a service is shown, and for how long it holds yet. */
export interface CertificateExpiry {
  readonly by: Shower
  /** The name of the one. */
  readonly of: string
  /** The first that it is for. */
  readonly name: string
  readonly seconds: number
}

/** What may end a connection before its first request. */
export type Beginning = 'handshake' | 'proxy-header'

type CreateFamily = (name: string, help: string, labels: readonly string[]) => ScalarFamily

/** What is told of connections to listeners before their first request. */
export class ConnectionMetrics {
  readonly #expiries: Readonly<Record<Shower, ScalarFamily>>
  readonly #faults: Readonly<Record<Beginning, ScalarFamily>>
  #read: () => Iterable<CertificateExpiry> = () => []

  constructor(gauge: CreateFamily, counter: CreateFamily) {
    this.#expiries = {
      listener: gauge(
        'tessera_tls_expiry_seconds',
        'Time until a certificate of a listener expires, by its first name; below zero since it has',
        ['listener', 'name'],
      ),
      service: gauge(
        'tessera_service_tls_expiry_seconds',
        'Time until the certificate that a service is shown expires, by its first name; below zero since it has',
        ['service', 'name'],
      ),
    }
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
    for (const by of ['listener', 'service'] as const) {
      const shown = all.filter((one) => one.by === by)
      this.#expiries[by].retain(by, new Set(shown.map(({ of }) => of)))
      this.#expiries[by].retain('name', new Set(shown.map(({ name }) => name)))
      for (const { of, name, seconds } of shown) this.#expiries[by].bind(of, name).value = seconds
    }
  }
}
