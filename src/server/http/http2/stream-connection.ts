import type { ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'

/** RFC 9113 section 7. */
const noError = 0x0

/**
 * The stream of a request, as if it were a connection of its own: what HTTP/1.1 does with the one, whoever answers does
 * here with the other, and no one else's request is touched.
 */
export class StreamConnection {
  readonly encrypted = true
  readonly remoteAddress: string | undefined
  readonly authorized: boolean
  /** Of the request's body. */
  bytesRead = 0
  /** Of the answer's, written so far. */
  bytesWritten = 0
  /** Whether all of the answer was written. */
  isAnswered = false
  /** Whether it was ended from here. */
  isOurs = false
  /** Whether nobody watches how its client reads. */
  isPatient = false
  readonly #stream: ServerHttp2Stream
  readonly #socket: TLSSocket

  /** What it came in by. */
  readonly server: object

  constructor(stream: ServerHttp2Stream, socket: TLSSocket, server: object) {
    this.server = server
    this.#stream = stream
    this.#socket = socket
    this.remoteAddress = socket.remoteAddress
    this.authorized = socket.authorized
  }

  /** Of the answer, what the client has not taken yet. */
  get writableLength(): number {
    return this.#stream.writableLength
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  getPeerX509Certificate(): ReturnType<TLSSocket['getPeerX509Certificate']> {
    return this.#socket.getPeerX509Certificate()
  }

  /** Ends the stream: in the middle of an answer by an error, behind a whole one by none (RFC 9113 section 8.1). */
  destroy(): this {
    if (this.destroyed) return this
    this.isOurs = true
    if (this.isAnswered && this.#stream.writableFinished) this.#stream.close(noError)
    // By an error: closed in another way it would end as if it were whole first.
    else this.#stream.destroy(new Error('the answer broke off'))
    return this
  }

  resetAndDestroy(): this {
    return this.destroy()
  }

  /** A route that says how long it waits says it for its readers, too. */
  setTimeout(ms: number): this {
    this.isPatient = ms === 0
    return this
  }
}
