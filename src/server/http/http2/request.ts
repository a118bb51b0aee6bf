import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Readable } from 'node:stream'
import { webSocket } from '../upgrade-response.ts'
import { Http2ServerRequest } from './node-http2.ts'
import type { StreamConnection } from './stream-connection.ts'

type RequestClass = new (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: undefined,
  rawHeaders: readonly string[],
) => Readable & {
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: string[]
  readonly stream: ServerHttp2Stream
}

/** Node's, of which what it says of pseudo-headers is said otherwise here. */
const NodeRequest = Http2ServerRequest as unknown as RequestClass

/**
 * A request of HTTP/2 as one of HTTP/1.1 would have said it: without pseudo-headers, its authority as `host`, its body as
 * chunks where its length is not said (RFC 9113 section 8.3.1). What reads requests reads both alike.
 */
export class Request extends NodeRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion = '2.0'
  readonly socket: StreamConnection
  /** Of its target: `https` for whoever came in here. */
  readonly scheme: string
  readonly #isTunnel: boolean
  #isWhole: boolean

  constructor(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    rawHeaders: readonly string[],
    connection: StreamConnection,
  ) {
    const { ':method': method, ':path': path, ':scheme': scheme, ':authority': authority } = headers
    const isTunnel = asksForWebSocket(headers)
    super(stream, headers, undefined, withoutPseudo(rawHeaders, authority))
    for (const name in headers) if (name.startsWith(':')) delete headers[name]
    if (authority !== undefined) headers.host = authority
    this.#isTunnel = isTunnel
    // What comes behind is no body.
    this.#isWhole = isTunnel || stream.endAfterHeaders
    if (isTunnel) Object.assign(headers, handshake())
    if (!this.#isWhole && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked'
    this.method = isTunnel ? 'GET' : (method ?? '')
    this.url = path ?? ''
    this.scheme = scheme ?? ''
    this.socket = connection
    // A body that is cut short must not be one that has ended.
    stream.once('aborted', () => this.destroy())
    this.once('end', () => {
      this.#isWhole = true
    })
  }

  /** Whether all of it has come. */
  get complete(): boolean {
    return this.#isWhole
  }

  get connection(): StreamConnection {
    return this.socket
  }

  override _read(size: number): void {
    if (this.#isTunnel) super.push(null)
    else super._read(size)
  }

  override push(chunk: Buffer | null): boolean {
    if (chunk !== null) this.socket.bytesRead += chunk.length
    return super.push(chunk)
  }
}

/** Whether the stream of a request is to be a WebSocket (RFC 8441 section 4). */
export function asksForWebSocket({ ':method': method, ':protocol': protocol }: IncomingHttpHeaders): boolean {
  return method === 'CONNECT' && protocol === webSocket
}

/** What it would have said in HTTP/1.1; the key is made here, as is what looks at the answer to it. */
const handshake = () => ({
  connection: 'upgrade',
  upgrade: webSocket,
  'sec-websocket-key': randomBytes(16).toString('base64'),
})

/** The authority is the host. One that is said beside it, and is another, makes two hosts, which no request has. */
function withoutPseudo(rawHeaders: readonly string[], authority: string | undefined): string[] {
  const plain: string[] = authority === undefined ? [] : ['host', authority]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    const value = rawHeaders[at + 1]!
    const isSaid = name === 'host' && value.toLowerCase() === authority?.toLowerCase()
    if (!name.startsWith(':') && !isSaid) plain.push(name, value)
  }
  return plain
}
