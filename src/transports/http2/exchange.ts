import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { Cancellable, Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'
import { maxHeadBytes } from '../answer-limits.ts'
import { unreachable, unusable } from '../failures.ts'
import { ReceivedBytes } from '../received-bytes.ts'
import { contentFieldsOf, type IncomingResponse, type OutgoingRequest } from '../transport.ts'
import type { Guest, WaitingRoom } from '../waiting-room.ts'
import { bytesOf, resetBy, StreamRefused, selectHeaders, watchEnd } from './answer.ts'
import { headOf } from './request-head.ts'
import type { Session } from './session.ts'
import type { Http2Sessions, SessionTaker } from './sessions.ts'

const noError = 0
const protocolError = 1
const refusedStream = 7
const cancel = 8

/** One request and its answer: waits for a place, then for a connection with room, then for the answer. */
export class Http2Exchange implements Guest, SessionTaker, Cancellable, Endable {
  readonly #sessions: Http2Sessions
  readonly #room: WaitingRoom
  readonly #request: OutgoingRequest
  readonly #resolve: (response: IncomingResponse) => void
  readonly #reject: (error: GatewayError) => void
  readonly #scope: Scope
  #session: Session | undefined
  #stream: ClientHttp2Stream | undefined
  enteredAtMs = 0
  #isInside = false
  #isSettled = false
  #wasSentAgain = false
  #status = 0
  #interimBytes = 0
  #headers: IncomingResponse['headers'] | undefined
  #trailers: IncomingResponse['headers'] | undefined
  #body: ReceivedBytes | undefined

  constructor(
    sessions: Http2Sessions,
    room: WaitingRoom,
    request: OutgoingRequest,
    scope: Scope,
    resolve: (response: IncomingResponse) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#sessions = sessions
    this.#room = room
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    this.#scope = scope
    scope.join(this)
  }

  get timeLeftMs(): number {
    return this.#request.timeLeftMs
  }

  begin(): void {
    if (this.#room.admit(this)) return
    this.cancel(
      new GatewayError('overloaded', { detail: 'too many requests are waiting for a connection', retryAfter: 1 }),
    )
  }

  enter(): void {
    this.#isInside = true
    if (this.#isSettled) {
      this.#leave()
      return
    }
    this.#request.onAsked?.(0)
    this.#sessions.take(this)
  }

  turnAway(): void {
    this.cancel(new GatewayError('overloaded', { detail: 'no time was left to wait for a connection', retryAfter: 1 }))
  }

  connected(session: Session): void {
    const { lateMs } = session.connecting
    if (!session.isKept && lateMs > 0) this.#request.onAsked?.(lateMs)
    this.#session = session
    try {
      this.#send(session)
    } catch (cause) {
      this.#fail(new GatewayError('invalid-input', { detail: 'the request cannot be sent as HTTP/2', cause }))
    }
  }

  notConnected(error: GatewayError): void {
    this.#fail(error)
  }

  /** Ends it wherever it is; the others on its connection go on. */
  cancel(reason: GatewayError): void {
    if (this.#isSettled) return
    if (!this.#isInside) this.#room.giveUp(this)
    else if (this.#stream) {
      if (reason.code === 'timeout' && this.#status === 0) this.#session!.suspect()
      this.#stream.close(cancel)
    } else {
      const { lateMs } = this.#sessions
      if (lateMs > 0) this.#request.onAsked?.(lateMs)
      this.#sessions.giveUp(this)
    }
    this.#fail(reason)
  }

  /** By a fault of ours. */
  destroy(): void {
    this.#stream?.close(cancel)
    this.#fail(new GatewayError('internal'))
  }

  #send(session: Session): void {
    const { body } = this.#request
    const stream = session.request(headOf(this.#request, this.#sessions), body === undefined)
    this.#stream = stream
    const on = <Args extends unknown[]>(event: string, callback: (...args: Args) => void) => {
      const listener = contained('backend', this, (...args: Args) => {
        if (this.#stream === stream && !this.#isSettled) callback(...args)
      })
      stream.on(event, listener as (...args: unknown[]) => void)
    }
    const hasEnded = watchEnd(stream)
    let error: Error | undefined
    stream.on('error', (thrown: Error) => {
      error = thrown
    })
    on('headers', (headers: IncomingHttpHeaders) => {
      this.#interimBytes += bytesOf(headers)
      this.#admits(this.#interimBytes, 0)
    })
    on('response', (headers: IncomingHttpHeaders) => this.#begin(headers))
    on('data', (piece: Buffer) => this.#append(piece))
    on('trailers', (headers: IncomingHttpHeaders) => {
      if (this.#admits(bytesOf(headers), 0)) this.#trailers = selectHeaders(headers)
    })
    // A cut answer ends like a whole one: what tells is how its stream was closed.
    on('close', () => {
      const code = session.neverSaw(stream) ? refusedStream : stream.rstCode
      this.#end(code, hasEnded(), error ?? session.error)
    })
    if (body !== undefined) stream.end(body)
  }

  /** Whether a head is one that may come; else the answer is refused. */
  #admits(bytes: number, status: number): boolean {
    if (bytes <= maxHeadBytes && status < 600) return true
    this.#refuse(unusable(bytes > maxHeadBytes ? 'head-too-large' : 'malformed', this.#status))
    return false
  }

  #begin(headers: IncomingHttpHeaders): void {
    this.#status = Number(headers[':status'])
    if (!this.#admits(bytesOf(headers), this.#status)) return
    this.#headers = selectHeaders(headers)
    const length = headers['content-length']
    if (Number(length) > this.#request.maxResponseBytes && this.#request.method !== 'HEAD')
      this.#refuse(unusable('too-large', this.#status))
    else this.#body = new ReceivedBytes(length === undefined ? undefined : Number(length))
  }

  #append(piece: Buffer): void {
    const body = this.#body!
    if (body.length + piece.length > this.#request.maxResponseBytes) this.#refuse(unusable('too-large', this.#status))
    else body.append(piece, 0, piece.length)
  }

  #end(code: number | undefined, hasEnded: boolean, error: Error | undefined): void {
    if (hasEnded && code === noError && !error && this.#headers) {
      this.#finish(this.#headers)
      return
    }
    const mayRepeat = code === refusedStream ? this.#status === 0 : this.#status === 0 && this.#wasLost(error)
    if (mayRepeat && !this.#wasSentAgain) {
      this.#wasSentAgain = true
      this.#stream = undefined
      this.#sessions.take(this)
      return
    }
    if (code === protocolError && error === undefined) this.#fail(unusable('malformed', this.#status, error))
    else if (this.#status > 0) this.#fail(unusable('broken-off', this.#status, error))
    else
      this.#fail(
        unreachable(
          code === refusedStream
            ? new StreamRefused('the stream was refused', { cause: error })
            : (error ?? resetBy(code)),
        ),
      )
  }

  /** Its connection, kept from earlier requests, was gone when it went out; one that was reset by itself was not. */
  #wasLost(error: Error | undefined): boolean {
    return (
      this.#request.mayRepeat === true &&
      this.#session!.isKept &&
      (error === undefined || error === this.#session!.error)
    )
  }

  #finish(headers: IncomingResponse['headers']): void {
    this.#leave()
    if (!this.#settle()) return
    const response = { status: this.#status, headers, ...contentFieldsOf(headers), body: this.#body!.take() }
    this.#resolve(this.#trailers ? { ...response, trailers: this.#trailers } : response)
  }

  /** What comes is not wanted any more. */
  #refuse(error: GatewayError): void {
    this.#stream?.close(cancel)
    this.#fail(error)
  }

  #fail(error: GatewayError): void {
    this.#leave()
    if (!this.#settle()) return
    this.#body?.drop()
    this.#body = undefined
    this.#reject(error)
  }

  #settle(): boolean {
    if (this.#isSettled) return false
    this.#isSettled = true
    this.#scope.leave(this)
    return true
  }

  #leave(): void {
    if (!this.#isInside) return
    this.#isInside = false
    this.#room.leave(this)
  }
}
