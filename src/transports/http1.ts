import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { Connection } from './http1/connection.ts'
import { type ConnectionSource, type ConnectionTaker, Http1Exchange } from './http1/exchange.ts'
import { IdleConnections } from './http1/idle.ts'
import { type OpenSocket, openerFor } from './http1/sockets.ts'
import type { Channel, ChannelOptions, IncomingResponse, OutgoingRequest, TransportKind } from './transport.ts'
import { WaitingRoom } from './waiting-room.ts'

/** HTTP/1.1 to one address over kept connections. */
class Http1Channel implements Channel, ConnectionSource {
  readonly #host: string
  readonly #openSocket: OpenSocket
  readonly room: WaitingRoom
  readonly #connectTimeoutMs: number
  readonly #idle = new IdleConnections()

  constructor(url: URL, address: string, options: ChannelOptions) {
    const { connections, maxWaiting, connectTimeoutMs } = options
    this.#host = url.host
    this.#openSocket = openerFor(url, address, options)
    this.room = new WaitingRoom(connections, maxWaiting)
    this.#connectTimeoutMs = connectTimeoutMs
  }

  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse> {
    if (scope.reason) return Promise.reject(scope.reason)
    const head = printHead(request, this.#host)
    if (typeof head !== 'string') return Promise.reject(head)
    return new Promise((resolve, reject) => {
      new Http1Exchange(this, this.room, head, request, scope, resolve, reject).begin()
    })
  }

  async close(): Promise<void> {
    await this.room.empty()
    this.#idle.closeAll()
  }

  take(): Connection | undefined {
    return this.#idle.take()
  }

  open(taker: ConnectionTaker): Connection {
    let isTaken = false
    return new Connection({
      openSocket: this.#openSocket,
      connectTimeoutMs: this.#connectTimeoutMs,
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
    this.#idle.add(connection)
  }
}

const invalidPath = /[^\x21-\x7e]/
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])

/** The request line and headers; the error for a path that cannot stand in them. */
function printHead({ method, path, headers, body }: OutgoingRequest, host: string): string | GatewayError {
  if (invalidPath.test(path)) return new GatewayError('invalid-input', { detail: 'the path cannot be sent as HTTP' })
  // Behind the answer to a HEAD some send a body: no other request comes there.
  const connection = method === 'HEAD' ? 'close' : 'keep-alive'
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n`
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`
  if (body !== undefined) head += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (methodsWithBody.has(method)) head += 'content-length: 0\r\n'
  return `${head}\r\n`
}

/**
 * A lean HTTP/1.1 client of our own, over TLS too. It reads what our calls need and nothing more, strictly: what is
 * unexpected closes the connection.
 */
export const http1: TransportKind = {
  name: 'http1',
  summary: 'HTTP/1.1 over kept connections, by a lean client of our own',
  open: (url, address, options) => new Http1Channel(url, address, options),
}
