import type { ConnectionOptions } from 'node:tls'
import type { Scope } from '../cancellation.ts'
import type { WaitingRoom } from './waiting-room.ts'

/** A request as it goes over the wire: headers checked, path with the endpoint's prefix. */
export interface OutgoingRequest {
  readonly method: string
  readonly path: string
  /** Name, value, name, value. Without host, content-length and connection: those are the transport's. */
  readonly headers: string[]
  readonly body: string | Uint8Array | undefined
  /** When the caller gives up, from now: it cancels the scope itself, so this only says whether waiting is worth it. */
  readonly timeLeftMs: number
  /** Of the body as sent, before any content coding is undone. */
  readonly maxResponseBytes: number
  /** Whether it may be sent twice: by its method, or by an idempotency key. */
  readonly mayRepeat?: boolean | undefined
  /**
   * Told with 0 when it has its place among the connections: from then on the backend is waited for, and no longer we.
   * Told again where a connection had to be opened, for how long this process itself stood still meanwhile.
   */
  onAsked?(lateMs: number): void
}

/** A complete answer: the transport vouches that nothing of the body is missing. Interim answers (1xx) are dropped, and trailers but for those of HTTP/2. */
export interface IncomingResponse {
  readonly status: number
  /** Lower-case names, no prototype; a header sent twice is joined by `, `, set-cookie is an array. */
  readonly headers: Readonly<Record<string, string | string[]>>
  /** Of the headers, which a transport may take apart only when they are asked for. */
  readonly contentType: string | undefined
  readonly contentEncoding: string | undefined
  /** As sent; empty when there is none. */
  readonly body: Buffer
  /** Of HTTP/2, where there are any. */
  readonly trailers?: Readonly<Record<string, string | string[]>> | undefined
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
  /** Where everybody takes a place who has a request under way on a connection to the endpoint, by `send` or not. */
  readonly room?: WaitingRoom
  /**
   * Sends a request and gathers its whole answer. Rejects with a GatewayError: `unavailable` when no answer began,
   * `out-of-sockets` when this machine has nothing left to open a connection with, `invalid-response` when an answer
   * began and is unusable (with `response.status` once the status is known), `overloaded` when too many wait for a
   * connection or too little time was left once it had one, `invalid-input` when the request cannot be written. When the
   * scope is cancelled, waiting or under way, it rejects at once with the scope's reason and closes the socket.
   *
   * A kept connection may have been closed by the other side just when a request went out on it. Such a request, if it
   * may be repeated and no byte of an answer came, is sent once more, on a fresh connection: nobody is told, since it
   * says nothing of the backend. No other is ever sent twice.
   */
  send(request: OutgoingRequest, scope: Scope): Promise<IncomingResponse>
  /** Lets what is under way or waiting end, then closes every connection. */
  close(): Promise<void>
}

export interface ChannelOptions {
  /** Connections at most, so also requests at once: HTTP/1.1 without pipelining. */
  readonly connections: number
  /** Requests that may wait for a connection, however much time they have; one more is `overloaded`. */
  readonly maxWaiting: number
  readonly connectTimeoutMs: number
  /** How a server's certificate is checked; the machine's trust store unless told otherwise. */
  readonly tls?: TlsOptions | undefined
  /** That is told the other side, and that its certificate has to have, in place of the URL's. */
  readonly host?: string | undefined
  /** Many requests on a connection; then `connections` are the requests at once. */
  readonly http2?: boolean | undefined
}

/** `servername` is the name that is asked for and that the certificate has to have, in place of the host's. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>

/** How a service is spoken to, wherever it runs. Those with equal `key`s say the same, and others share no connections. */
export interface Wire extends Pick<ChannelOptions, 'tls' | 'host' | 'http2'> {
  readonly key: string
}

/** The host that the other side is told, and the name that its certificate has to have. */
export function namesOf(url: URL, { host = url.host, tls }: Pick<ChannelOptions, 'tls' | 'host'>) {
  const name = host.replace(/:\d*$/, '').replace(/^\[|\]$/g, '')
  return { host, serverName: tls?.servername ?? name }
}

/**
 * Of 1,024 that wait the last has its connection within a third of a second where 64 connections answer in 20 ms each, or
 * where this process answers 3,000 pages a second: about what calls have in all. More would only wait for their
 * timeouts. Fewer would punish bursts: a loop that stood still for 0.3 s finds 1,000 requests at full load. A request
 * that waits holds some 3 KB, so a service that hangs holds 3 MB.
 */
export const defaultChannelOptions: ChannelOptions = { connections: 64, maxWaiting: 1024, connectTimeoutMs: 3000 }

export interface TransportKind {
  readonly name: string
  readonly summary: string
  /** `address` is where to connect: an IP, or the URL's own host name. Host header and TLS name are the URL's unless the options say others. */
  open(url: URL, address: string, options: ChannelOptions): Channel
}
