import { GatewayError } from '../../errors.ts'
import { type ChannelOptions, namesOf } from '../transport.ts'
import { Connection } from './connection.ts'
import { IdleConnections } from './idle.ts'
import { type OpenSocket, openerFor } from './sockets.ts'

/** Where an exchange gets its connection from. */
export interface ConnectionSource {
  /** Gives a connection that is kept, if there is one; the taker owns it until it gives it back or it is gone. */
  take(): Connection | undefined
  /**
   * Opens one, which the taker is given as soon as it can be used.
   * @param maySwitch whether it is for a request that asks for another protocol
   */
  open(taker: ConnectionTaker, maySwitch?: boolean): Connection
  giveBack(connection: Connection): void
}

export interface ConnectionTaker {
  connected(connection: Connection): void
  notConnected(error: GatewayError): void
}

/** The connections to one address, for the host of a URL. */
export class Http1Connections implements ConnectionSource {
  /** Of the Host header. */
  readonly host: string
  readonly #openSocket: OpenSocket
  readonly #connectTimeoutMs: number
  readonly #idle = new IdleConnections()
  #isClosed = false

  constructor(url: URL, address: string, options: ChannelOptions) {
    this.host = namesOf(url, options).host
    this.#openSocket = openerFor(url, address, options)
    this.#connectTimeoutMs = options.connectTimeoutMs
  }

  take(): Connection | undefined {
    return this.#idle.take()
  }

  open(taker: ConnectionTaker, maySwitch = false): Connection {
    let isTaken = false
    return new Connection({
      openSocket: this.#openSocket,
      connectTimeoutMs: this.#connectTimeoutMs,
      maySwitch,
      onReady(connection) {
        taker.connected(connection)
        isTaken = true
      },
      onGone: (connection, error) => {
        this.#idle.forget(connection)
        if (!isTaken) taker.notConnected(error ?? new GatewayError('unavailable'))
      },
    })
  }

  giveBack(connection: Connection): void {
    if (this.#isClosed) connection.destroy()
    else this.#idle.add(connection)
  }

  /** Closes those that nobody uses, and those in use as soon as they are given back. */
  close(): void {
    this.#isClosed = true
    this.#idle.closeAll()
  }
}
