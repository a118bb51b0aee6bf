import type { ServerHttp2Stream } from 'node:http2'
import type { Stream } from 'node:stream'
import { connectionHeaders, isHeaderName, isHeaderValue } from '../../../header-fields.ts'
import { Http2ServerResponse } from './node-http2.ts'
import type { StreamConnection } from './stream-connection.ts'

type ResponseClass = new (
  stream: ServerHttp2Stream,
) => Stream & {
  readonly stream: ServerHttp2Stream
  readonly headersSent: boolean
  write(chunk: Buffer | string, ...more: unknown[]): boolean
  end(...more: unknown[]): unknown
}

const NodeResponse = Http2ServerResponse as unknown as ResponseClass

/** RFC 9113 section 7. */
const noError = 0x0

/** An answer over HTTP/2, as strict about its head as one of HTTP/1.1 is, and without what only a connection has. */
export class Response extends NodeResponse {
  readonly socket: StreamConnection
  /** The connection is others' too: it outlives every answer. */
  shouldKeepAlive = true
  statusCode = 200

  constructor(stream: ServerHttp2Stream, connection: StreamConnection) {
    super(stream)
    this.socket = connection
    // Whole, it is whole: what its client still sends is for nobody (RFC 9113 section 8.1).
    stream.once('finish', () => {
      if (this.socket.isAnswered && !stream.closed && !stream.endAfterHeaders && !stream.readableEnded)
        stream.close(noError)
    })
  }

  /** Whether all of it has gone to its client. (Node ends a stream that is given up as if it were.) */
  get writableFinished(): boolean {
    return this.socket.isAnswered && this.stream.writableFinished && this.stream.rstCode === noError
  }

  get destroyed(): boolean {
    return this.stream.destroyed
  }

  writeHead(status: number, headers: readonly string[] | Readonly<Record<string, unknown>> = []): this {
    this.statusCode = status
    if (this.socket.destroyed) return this
    if (this.headersSent) throw new TypeError('the head has been sent')
    const given = Array.isArray(headers) ? headers : Object.entries(headers).flat()
    const sent: string[] = [':status', String(status)]
    for (let at = 0; at < given.length; at += 2) {
      const name = String(given[at])
      const value = String(given[at + 1])
      if (!isHeaderName(name) || !isHeaderValue(value)) throw new TypeError(`\`${name}\` cannot be sent`)
      const lower = name.toLowerCase()
      if (!connectionHeaders.has(lower)) sent.push(lower, value)
    }
    this.stream.respond(sent as never, { endStream: false })
    return this
  }

  override write(chunk: Buffer | string, ...more: unknown[]): boolean {
    this.socket.bytesWritten += chunk.length
    return super.write(chunk, ...more)
  }

  override end(...more: unknown[]): unknown {
    this.socket.isAnswered = true
    return super.end(...more)
  }

  /** Cuts it: its stream alone. */
  destroy(): void {
    this.socket.destroy()
  }
}
