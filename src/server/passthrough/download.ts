import type { IncomingMessage } from 'node:http'
import type { Coding } from '../../browsers/coding/compress-shape.ts'
import { type Encoder, openEncoder } from '../../browsers/coding/encoder.ts'
import type { Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { refuse } from '../../run/refusals.ts'
import { endWhenExpired } from '../http/expiry.ts'
import { slowReader } from '../http/listener.ts'
import { endAfterBody } from '../http/reply.ts'
import type { Exchange } from '../requests/exchange.ts'
import { writeCopy } from './copies.ts'
import type { Upload } from './upload.ts'

/** What a route has that says nothing of `idle`: longer than any heartbeat of streams of events. */
const defaultIdleMs = 300_000

/**
 * The body of an answer on its way back to the client: at the pace of both, cut where it is cut, and given up by whose
 * fault it is when nothing has moved for `idle`.
 */
export class Download {
  readonly #exchange: Exchange
  readonly #upload: Upload
  readonly #idleMs: number
  #bytes = 0
  #moved = 0
  #timer: Timer | undefined

  readonly #encoder: Encoder | undefined

  /** @param coding in which it goes out; undefined: as it comes */
  constructor(exchange: Exchange, upload: Upload, idleMs: number | undefined, coding?: Coding) {
    this.#exchange = exchange
    this.#upload = upload
    this.#idleMs = idleMs ?? defaultIdleMs
    this.#encoder = coding && this.#openEncoder(coding)
    // Said for this route, it holds for its readers too, in place of what holds for every connection.
    if (idleMs !== undefined) exchange.request.socket.setTimeout(0)
  }

  /** @param goOn gets more of it */
  begin(goOn: () => void): void {
    const { response } = this.#exchange
    const sink = this.#encoder ?? response
    sink.on('drain', contained('response', this.#exchange, goOn))
    this.#watch()
    // Node sends the head with the first of the body, which of a stream of events may come much later.
    setImmediate(
      contained('response', this.#exchange, () => {
        if (!response.writableEnded && !response.destroyed) response.flushHeaders()
      }),
    )
  }

  /** Sends more of it, which is lent; false when no more should come for now. */
  take(piece: Buffer, isWhole: boolean): boolean {
    const { response } = this.#exchange
    this.#bytes += piece.length
    const encoder = this.#encoder
    if (!encoder) this.#exchange.noteBytes(piece.length)
    const takesMore = piece.length === 0 || response.destroyed || writeCopy(encoder ?? response, piece)
    if (isWhole) this.#finish()
    // What is there is the client's, however long the rest takes.
    else if (piece.length > 0) encoder?.flush()
    return takesMore
  }

  /** An answer cut short leaves the client's cut short too: its connection is closed before the last chunk. */
  cut(error: GatewayError): void {
    const { response, request } = this.#exchange
    if (response.destroyed) return
    this.#exchange.noteBroken(error)
    cutAnswer(request)
  }

  /** The token that opened it keeps it open no longer. */
  endWhenExpired(expiresMs: number): void {
    const { response, serving } = this.#exchange
    const ended = () => this.cut(refuse('unauthenticated', undefined, undefined, 'its token has ended'))
    endWhenExpired(response, expiresMs, serving.clock, ended)
  }

  end(): void {
    this.#timer?.cancel()
    this.#encoder?.destroy()
  }

  #openEncoder(coding: Coding): Encoder {
    const exchange = this.#exchange
    const encoder = openEncoder(coding)
    encoder.on(
      'data',
      contained('response', exchange, (chunk: Buffer) => exchange.noteBytes(chunk.length)),
    )
    encoder.on(
      'error',
      contained('response', exchange, (cause: Error) => this.cut(new GatewayError('internal', { cause }))),
    )
    encoder.pipe(exchange.response)
    return encoder
  }

  #finish(): void {
    const { request, response } = this.#exchange
    if (this.#encoder || request.complete || response.shouldKeepAlive) {
      ;(this.#encoder ?? response).end()
      return
    }
    // Its client still sends, and the connection ends with the answer: at once, it might take the answer with it.
    this.#upload.stop()
    endAfterBody(request, response, undefined)
    request.resume()
  }

  #watch(): void {
    const { clock } = this.#exchange.serving
    this.#moved = this.#movedBytes
    const look = () => {
      if (this.#movedBytes > this.#moved) this.#watch()
      else if (this.#waitsForClient) this.cut(new GatewayError(slowReader))
      else this.cut(new GatewayError('timeout', { detail: 'the response stalled' }))
    }
    this.#timer = clock.schedule(this.#idleMs, contained('timer', this.#exchange, look))
  }

  /** What came from the backend, and what the client took. */
  get #movedBytes(): number {
    const { socket } = this.#exchange.request
    return this.#bytes + socket.bytesWritten - socket.writableLength
  }

  get #waitsForClient(): boolean {
    return this.#exchange.request.socket.writableLength > 0
  }
}

/** Ends a connection in the middle of an answer. In HTTP/1.0 the end of the connection would be that of the answer. */
export function cutAnswer({ httpVersion, socket }: IncomingMessage): void {
  if (httpVersion === '1.0') socket.resetAndDestroy()
  else socket.destroy()
}
