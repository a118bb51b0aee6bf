import type { IncomingMessage } from 'node:http'
import type { Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { slowReader } from '../http/listener.ts'
import { endAfterBody } from '../http/reply.ts'
import type { Exchange } from '../requests/exchange.ts'
import { invalid } from './check-answer.ts'

/** What a route has that says nothing of `idle`: longer than any heartbeat of streams of events. */
const defaultIdleMs = 300_000

/**
 * An answer on its way back to the client: at the pace of both, cut where it is cut, and given up by whose fault it is
 * when nothing has moved for `idle`.
 */
export class Download {
  readonly #exchange: Exchange
  readonly #answer: IncomingMessage
  readonly #idleMs: number
  #bytes = 0
  #moved = 0
  #timer: Timer | undefined

  constructor(exchange: Exchange, answer: IncomingMessage, idleMs: number | undefined) {
    this.#exchange = exchange
    this.#answer = answer
    this.#idleMs = idleMs ?? defaultIdleMs
    // Said for this route, it holds for its readers too, in place of what holds for every connection.
    if (idleMs !== undefined) exchange.request.socket.setTimeout(0)
  }

  begin(): void {
    const { response } = this.#exchange
    const answer = this.#answer
    const take = (chunk: Buffer) => {
      this.#bytes += chunk.length
      this.#exchange.noteBytes(chunk.length)
      if (!response.destroyed && !response.write(chunk)) answer.pause()
    }
    // An answer cut short leaves the client's cut short too: its connection is closed before the last chunk.
    const cut = (cause?: Error) => {
      if (!answer.complete) this.#cut(invalid('the answer broke off', cause))
    }
    answer.on('data', contained('backend', this.#exchange, take))
    answer.once(
      'end',
      contained('backend', this.#exchange, () => this.#finish()),
    )
    answer.once('error', contained('backend', this.#exchange, cut))
    answer.once(
      'close',
      contained('backend', this.#exchange, () => cut()),
    )
    response.on('drain', () => answer.resume())
    this.#watch()
  }

  end(): void {
    this.#timer?.cancel()
  }

  #finish(): void {
    const { request, response } = this.#exchange
    if (request.complete || response.shouldKeepAlive) {
      response.end()
      return
    }
    // Its client still sends, and the connection ends with the answer: at once, it might take the answer with it.
    request.unpipe()
    endAfterBody(request, response, undefined)
    request.resume()
  }

  #watch(): void {
    const { clock } = this.#exchange.serving
    this.#moved = this.#movedBytes
    const look = () => {
      if (this.#movedBytes > this.#moved) this.#watch()
      else if (this.#waitsForClient) this.#cut(new GatewayError(slowReader))
      else this.#cut(new GatewayError('timeout', { detail: 'the response stalled' }))
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

  #cut(error: GatewayError): void {
    const { response, request } = this.#exchange
    if (response.destroyed) return
    this.#exchange.noteBroken(error)
    request.socket.destroy()
  }
}
