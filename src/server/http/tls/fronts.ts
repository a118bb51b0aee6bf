import type { Timer } from '../../../clock.ts'
import type { ListenSettings } from '../../../config/listen.ts'
import type { Http2Settings } from '../../../config/listen-http2.ts'
import { contained } from '../../../faults.ts'
import type { ListenerTls } from '../../../plan/certificates.ts'
import { ConnectionFaults, type FaultReports } from '../connection-faults.ts'
import { TlsContexts } from './contexts.ts'
import { handshakeFaults } from './handshakes.ts'
import type { SecureParts, SpeakHttp2 } from './server.ts'
import { newKeyEveryMs } from './tickets.ts'

export interface TlsFrontsParts extends FaultReports {
  readonly tls: readonly ListenerTls[]
}

/** Node's HTTP/2 is loaded where it is spoken. */
async function loadHttp2(settings: Http2Settings): Promise<SpeakHttp2> {
  const { speakHttp2 } = await import('../http2/front.ts')
  return (server, parts) => speakHttp2(server, { ...parts, settings })
}

/** All listeners that speak TLS, with what they speak it by now. */
export class TlsFronts {
  readonly #parts: TlsFrontsParts
  readonly #contexts = new Map<string, TlsContexts>()
  #turn: Timer | undefined

  constructor(parts: TlsFrontsParts) {
    this.#parts = parts
    for (const tls of parts.tls) this.#contexts.set(tls.listener, new TlsContexts(tls))
    if (this.#contexts.size > 0) this.#schedule()
  }

  /** What is shown now. */
  get current(): readonly ListenerTls[] {
    return [...this.#contexts.values()].map(({ current }) => current)
  }

  /** For a listener that speaks TLS; undefined for any other. */
  async secure({ name, headersTimeoutMs, http2 }: ListenSettings): Promise<SecureParts | undefined> {
    const contexts = this.#contexts.get(name)
    if (!contexts) return undefined
    const faults = new ConnectionFaults('handshake', name, handshakeFaults, this.#parts)
    return { contexts, faults, handshakeTimeoutMs: headersTimeoutMs, http2: http2 && (await loadHttp2(http2)) }
  }

  /** Takes what was loaded, for those that listen already: pair and key at once, or none of it. */
  renew(all: readonly ListenerTls[]): void {
    for (const tls of all) {
      const contexts = this.#contexts.get(tls.listener)
      if (!contexts || contexts.current.key === tls.key) continue
      contexts.renew(tls)
      const until = Math.min(...tls.pairs.map(({ expiresMs }) => expiresMs))
      this.#parts.notify({
        level: 'info',
        subject: tls.listener,
        message: `new certificates are shown from the next handshake on; they hold until ${new Date(until).toISOString()}`,
      })
    }
  }

  close(): void {
    this.#turn?.cancel()
  }

  #schedule(): void {
    this.#turn = this.#parts.clock.schedule(
      newKeyEveryMs,
      contained('timer', undefined, () => {
        for (const contexts of this.#contexts.values()) contexts.turnTickets()
        this.#schedule()
      }),
    )
  }
}
