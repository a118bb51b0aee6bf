import { GatewayError } from '../../errors.ts'
import { openerFor } from '../http1/sockets.ts'
import { type ChannelOptions, namesOf } from '../transport.ts'
import { Session } from './session.ts'

/** Who needs a connection for a request. */
export interface SessionTaker {
  connected(session: Session): void
  notConnected(error: GatewayError): void
}

/** The connections to one address: the first one that has room is taken, and another one opened where none has. */
export class Http2Sessions {
  readonly authority: string
  readonly scheme: string
  readonly #open: (events: Pick<ConstructorParameters<typeof Session>[0], 'onReady' | 'onRoom' | 'onGone'>) => Session
  readonly #sessions: Session[] = []
  readonly #waiting = new Set<SessionTaker>()
  #opening: Session | undefined
  #isClosed = false

  constructor(url: URL, address: string, options: ChannelOptions) {
    this.authority = namesOf(url, options).host
    this.scheme = url.protocol.slice(0, -1)
    const openSocket = openerFor(url, address, options, 'h2')
    const origin = `${url.protocol}//${this.authority}`
    const { connectTimeoutMs } = options
    this.#open = (events) => new Session({ openSocket, origin, connectTimeoutMs, ...events })
  }

  /** Gives a connection now, or as soon as there is one. */
  take(taker: SessionTaker): void {
    const session = this.#sessions.find(({ hasRoom }) => hasRoom)
    if (session) {
      taker.connected(session)
      return
    }
    this.#waiting.add(taker)
    this.#openOne()
  }

  /** It does not want one any more. */
  giveUp(taker: SessionTaker): void {
    this.#waiting.delete(taker)
  }

  /** How long this process stood still while the connection that is being opened was. */
  get lateMs(): number {
    return this.#opening?.connecting.lateMs ?? 0
  }

  close(): void {
    this.#isClosed = true
    this.#opening?.destroy()
    for (const session of this.#sessions.splice(0)) session.close()
  }

  #openOne(): void {
    if (this.#opening || this.#isClosed || this.#sessions.some(({ isShut }) => isShut)) return
    try {
      this.#opening = this.#open({
        onReady: (session) => {
          this.#opening = undefined
          this.#sessions.push(session)
          this.#handOut(session)
          if (this.#waiting.size > 0) this.#openOne()
        },
        onRoom: (session) => this.#handOut(session),
        onGone: (session, error) => {
          const at = this.#sessions.indexOf(session)
          if (at >= 0) this.#sessions.splice(at, 1)
          if (this.#opening !== session) {
            if (this.#waiting.size > 0) this.#openOne()
            return
          }
          this.#opening = undefined
          this.#refuse(error)
        },
      })
    } catch (thrown) {
      this.#refuse(new GatewayError('unavailable', { cause: thrown }))
    }
  }

  #handOut(session: Session): void {
    for (const taker of this.#waiting) {
      if (!session.hasRoom) return
      this.#waiting.delete(taker)
      taker.connected(session)
    }
  }

  #refuse(error: GatewayError | undefined): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const taker of waiting) taker.notConnected(error ?? new GatewayError('unavailable'))
  }
}
