import type { ConnectionOptions } from 'node:tls'
import type { Scope } from '../../cancellation.ts'

/** A request as it goes over the wire: headers checked, path with the endpoint's prefix. */
export interface OutgoingRequest {
  readonly method: string
  readonly path: string
  /** Name, value, name, value. Without host, content-length and connection: those are the transport's. */
  readonly headers: string[]
  readonly body: string | undefined
  /** Of the body as sent, before any content coding is undone. */
  readonly maxResponseBytes: number
}

/** A complete answer: the transport vouches that nothing of the body is missing. Interim answers (1xx) and trailers are dropped. */
export interface IncomingResponse {
  readonly status: number
  /** Lower-case names, no prototype; a header sent twice is joined by `, `, set-cookie is an array. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Of the headers, which a transport may take apart only when they are asked for. */
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** As sent; empty when there is none. */
  readonly body: Buffer
}

/** What headers say of how a body is to be read. */
export function contentFieldsOf(
  headers: IncomingResponse['headers'],
): Pick<IncomingResponse, 'contentType' | 'contentEncoding'> {
  const text = (value: string | string[] | undefined) => (value === undefined ? undefined : String(value))
  return { contentType: text(headers['content-type']), contentEncoding: text(headers['content-encoding']) }
}

/** The connections to one endpoint. */
export interface Channel {
  /**
   * Sends a request and gathers its whole answer. Rejects with a GatewayError: `unavailable` when no answer began,
   * `invalid-response` when one began and is unusable (with `response.status` once the status is known),
   * `overloaded` when too many wait for a connection, `invalid-input` when the request cannot be written. When the
   * scope is cancelled, waiting or under way, it rejects at once with the scope's reason and closes the socket.
   * Never sends a request twice.
   */
  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse>
  /** Lets what is under way or waiting end, then closes every connection. */
  close(): Promise<void>
}

export interface ChannelOptions {
  /** Connections at most, so also requests at once: HTTP/1.1 without pipelining. */
  readonly connections: number
  /** Requests that may wait for a connection; one more is `overloaded`. */
  readonly maxWaiting: number
  readonly connectTimeoutMs: number
  /** How a server's certificate is checked; the machine's trust store unless told otherwise. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> | undefined
}

export const defaultChannelOptions: ChannelOptions = { connections: 64, maxWaiting: 256, connectTimeoutMs: 3000 }

export interface TransportKind {
  readonly name: string
  readonly summary: string
  /** `address` is where to connect: an IP, or the URL's own host name. Host header and TLS name are the URL's. */
  open(url: URL, address: string, options: ChannelOptions): Channel
}
