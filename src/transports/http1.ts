import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { Http1Connections } from './http1/connections.ts'
import { Http1Exchange } from './http1/exchange.ts'
import { printStart } from './http1/request-head.ts'
import { Http2Channel } from './http2.ts'
import type { Channel, ChannelOptions, IncomingResponse, OutgoingRequest, TransportKind } from './transport.ts'
import { WaitingRoom } from './waiting-room.ts'

/** HTTP/1.1 to one address over kept connections. */
class Http1Channel implements Channel {
  readonly room: WaitingRoom
  readonly #connections: Http1Connections

  constructor(url: URL, address: string, options: ChannelOptions) {
    const { connections, maxWaiting } = options
    this.room = new WaitingRoom(connections, maxWaiting)
    this.#connections = new Http1Connections(url, address, options)
  }

  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse> {
    if (scope.reason) return Promise.reject(scope.reason)
    const head = printHead(request, this.#connections.host)
    if (typeof head !== 'string') return Promise.reject(head)
    return new Promise((resolve, reject) => {
      new Http1Exchange(this.#connections, this.room, head, request, scope, resolve, reject).begin()
    })
  }

  async close(): Promise<void> {
    await this.room.empty()
    this.#connections.close()
  }
}

const methodsWithBody = new Set(['POST', 'PUT', 'PATCH'])

/** The request line and headers; the error for a path that cannot stand in them. */
function printHead({ method, path, headers, body }: OutgoingRequest, host: string): string | GatewayError {
  let head = printStart(method, path, host)
  if (head === undefined) return new GatewayError('invalid-input', { detail: 'the path cannot be sent as HTTP' })
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`
  if (body !== undefined) head += `content-length: ${Buffer.byteLength(body)}\r\n`
  else if (methodsWithBody.has(method)) head += 'content-length: 0\r\n'
  return `${head}\r\n`
}

/**
 * A lean HTTP/1.1 client of our own, over TLS too. It reads what our calls need and nothing more, strictly: what is
 * unexpected closes the connection. HTTP/2 is Node's, where a service asks for it.
 */
export const http1: TransportKind = {
  name: 'http1',
  summary: 'HTTP/1.1 over kept connections, by a lean client of our own',
  open: (url, address, options) =>
    options.http2 ? new Http2Channel(url, address, options) : new Http1Channel(url, address, options),
}
