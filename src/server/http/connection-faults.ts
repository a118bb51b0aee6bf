import type { Clock } from '../../clock.ts'
import type { Beginning, ConnectionMetrics } from '../../telemetry/connection-metrics.ts'
import type { Notify } from '../../telemetry/notice.ts'
import type { ResultCounter } from '../../telemetry/result-counter.ts'

/** One line of a reason in so long: scanners make thousands. */
const lineEveryMs = 60_000

const words: Readonly<Record<Beginning, { readonly one: string; readonly many: string }>> = {
  handshake: { one: 'a TLS handshake failed', many: 'TLS handshakes failed' },
  'proxy-header': {
    one: 'a connection came without a PROXY protocol header that is taken',
    many: 'connections came without a PROXY protocol header that is taken',
  },
}

export interface FaultReports {
  readonly clock: Clock
  readonly metrics: ConnectionMetrics
  readonly notify: Notify
}

/** Counts connections to a listener that ended before their first request, and logs a few of them. */
export class ConnectionFaults<Reason extends string> {
  readonly #beginning: Beginning
  readonly #listener: string
  readonly #reports: FaultReports
  readonly #counter: ResultCounter
  readonly #told = new Map<Reason, { atMs: number; since: number }>()

  constructor(beginning: Beginning, listener: string, reasons: readonly Reason[], reports: FaultReports) {
    this.#beginning = beginning
    this.#listener = listener
    this.#reports = reports
    this.#counter = reports.metrics.faults(beginning, listener, reasons)
  }

  note(reason: Reason): void {
    this.#counter.count(reason)
    const now = this.#reports.clock.now()
    const told = this.#told.get(reason)
    if (told && now - told.atMs < lineEveryMs) {
      told.since++
      return
    }
    this.#told.set(reason, { atMs: now, since: 0 })
    const { one, many } = words[this.#beginning]
    const message = told && told.since > 0 ? `${told.since + 1} ${many}` : one
    this.#reports.notify({ level: 'info', subject: this.#listener, message, reason })
  }
}
