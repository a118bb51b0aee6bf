import { createRequire } from 'node:module'
import { isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'
import type { Scope } from '../cancellation.ts'
import {
  type Channel,
  type ChannelOptions,
  type IncomingResponse,
  namesOf,
  type OutgoingRequest,
  type TransportKind,
} from './transport.ts'
import { UndiciConnection } from './undici-connection.ts'
import { type UndiciConnections, UndiciExchange } from './undici-exchange.ts'
import { WaitingRoom } from './waiting-room.ts'

/** A tenth of a second and 20 MB, so not before a service needs it: most are plain `http:`. */
const loadUndici = () => createRequire(import.meta.url)('undici') as typeof import('undici')

/** HTTP/1.1 by undici, which keeps one connection a client. Which of them a request gets is for us to say. */
class UndiciChannel implements Channel, UndiciConnections {
  readonly #origin: string
  readonly host: string | undefined
  readonly #connect: buildConnector.connector
  readonly room: WaitingRoom
  /** The one used last is taken first; one that is closed only when no other is left. */
  readonly #idle: UndiciConnection[] = []

  constructor(url: URL, address: string, options: ChannelOptions) {
    const { connections, maxWaiting, connectTimeoutMs, tls } = options
    const { host, serverName } = namesOf(url, options)
    this.host = host === url.host ? undefined : host
    this.#origin = url.origin
    this.room = new WaitingRoom(connections, maxWaiting)
    this.#connect = loadUndici().buildConnector({
      timeout: connectTimeoutMs,
      ...tls,
      ...(isIP(serverName) === 0 && { servername: serverName }),
      ...(address === url.hostname ? undefined : { lookup: pinLookup(address) }),
    })
  }

  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse> {
    if (scope.reason) return Promise.reject(scope.reason)
    return new Promise((resolve, reject) => {
      new UndiciExchange(this, this.room, request, scope, resolve, reject).begin()
    })
  }

  take(): UndiciConnection {
    const last = this.#idle.findLastIndex(({ isOpen }) => isOpen)
    const [connection] = this.#idle.splice(last, 1)
    return connection ?? this.open()
  }

  open(): UndiciConnection {
    return new UndiciConnection(loadUndici().Client, this.#origin, this.#connect)
  }

  giveBack(connection: UndiciConnection): void {
    if (connection.isLost) connection.destroy()
    else this.#idle.push(connection)
  }

  async close(): Promise<void> {
    await this.room.empty()
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()))
  }
}

/** Connects to `address` while everything else (Host, SNI, the certificate's name) stays with the URL's name. */
function pinLookup(address: string): LookupFunction {
  const family = isIP(address)
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [{ address, family }])
    else callback(null, address, family)
  }
}

export const undici: TransportKind = {
  name: 'undici',
  summary: 'HTTP/1.1 over pooled keep-alive connections, by undici',
  open: (url, address, options) => new UndiciChannel(url, address, options),
}
