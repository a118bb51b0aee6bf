import type { Dispatcher } from 'undici'
import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { type Flaw, unusable } from './failures.ts'
import { ReceivedBytes } from './received-bytes.ts'
import { contentFieldsOf, type IncomingResponse, type OutgoingRequest } from './transport.ts'
import type { Occupant, UndiciConnection } from './undici-connection.ts'
import { toTransportError } from './undici-errors.ts'
import type { Guest, WaitingRoom } from './waiting-room.ts'

/** Where an exchange gets its connection from. */
export interface UndiciConnections {
  /** That the other side is told; undefined: that of the URL. */
  readonly host: string | undefined
  /** One that is kept, or a new one. */
  take(): UndiciConnection
  open(): UndiciConnection
  giveBack(connection: UndiciConnection): void
}

/**
 * One request and its answer. It is undici's dispatch handler itself, of the older shape (`onConnect`, `onHeaders`, …):
 * undici 7 wraps the newer one in another object and parses every header whether it is read or not.
 */
export class UndiciExchange implements Occupant, Guest {
  readonly #connections: UndiciConnections
  readonly #room: WaitingRoom
  readonly #request: OutgoingRequest
  readonly #resolve: (response: IncomingResponse) => void
  readonly #reject: (error: GatewayError) => void
  readonly #unsubscribe: () => void
  #connection: UndiciConnection | undefined
  #abort: (() => void) | undefined
  enteredAtMs = 0
  #isInside = false
  #isSettled = false
  #status = 0
  #headers: IncomingResponse['headers'] | undefined
  #body: ReceivedBytes | undefined

  constructor(
    connections: UndiciConnections,
    room: WaitingRoom,
    request: OutgoingRequest,
    scope: Scope,
    resolve: (response: IncomingResponse) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#connections = connections
    this.#room = room
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    this.#unsubscribe = scope.onCancel((reason) => this.#fail(reason))
  }

  get timeLeftMs(): number {
    return this.#request.timeLeftMs
  }

  begin(): void {
    if (!this.#room.admit(this))
      this.#fail(
        new GatewayError('overloaded', { detail: 'too many requests are waiting for a connection', retryAfter: 1 }),
      )
  }

  enter(): void {
    this.#isInside = true
    if (this.#isSettled) return void this.#leave()
    this.#request.onAsked?.(0)
    this.#send(this.#connections.take())
  }

  #send(connection: UndiciConnection): void {
    const { method, path, body } = this.#request
    const { host } = this.#connections
    const headers = host === undefined ? this.#request.headers : ['host', host, ...this.#request.headers]
    this.#connection = connection
    connection.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null }, this)
  }

  turnAway(): void {
    this.#fail(new GatewayError('overloaded', { detail: 'no time was left to wait for a connection', retryAfter: 1 }))
  }

  /** Called when a connection is ready. Throwing drops a request nobody waits for any more, and keeps the connection. */
  onConnect(abort: () => void): void {
    if (this.#isSettled) throw new Error('cancelled before it was sent')
    this.#abort = abort
    this.#tellLateness()
    this.#connection!.begin(this, this.#request.maxResponseBytes)
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    this.#status = status
    const headers = readHeaders(rawHeaders)
    this.#headers = headers
    const { 'content-length': length, 'transfer-encoding': coding = 'chunked' } = headers
    // What undici would read as if the coding were not there.
    if (String(coding).toLowerCase() !== 'chunked') this.failUnusable('malformed')
    else if (Number(length) > this.#request.maxResponseBytes && this.#request.method !== 'HEAD')
      this.failUnusable('too-large')
    else this.#body = new ReceivedBytes(length === undefined ? undefined : Number(length))
    return true
  }

  onData(chunk: Buffer): boolean {
    const body = this.#body
    if (body && body.length + chunk.length > this.#request.maxResponseBytes) this.failUnusable('too-large')
    else body?.append(chunk, 0, chunk.length)
    return true
  }

  onComplete(): void {
    this.#connection!.complete()
    this.#leave()
    if (this.#isSettled) return
    this.#settle()
    const headers = this.#headers!
    this.#resolve({ status: this.#status, headers, ...contentFieldsOf(headers), body: this.#body!.take() })
  }

  onError(error: Error): void {
    if (!this.#isSettled && this.#request.mayRepeat && this.#connection?.wasLostBy(this)) {
      this.#sendAgain(this.#connection)
      return
    }
    this.#leave()
    if (this.#isSettled) return
    this.#settle()
    this.#reject(toTransportError(error, this.#status))
  }

  failUnusable(flaw: Flaw): void {
    this.#fail(unusable(flaw, this.#status))
  }

  /** The one free resend: a fresh connection is not kept, so it is never lost again. */
  #sendAgain(lost: UndiciConnection): void {
    lost.destroy()
    this.#abort = undefined
    this.#send(this.#connections.open())
  }

  #tellLateness(): void {
    const lateMs = this.#connection?.takeLateMs() ?? 0
    if (lateMs > 0) this.#request.onAsked?.(lateMs)
  }

  /** Answers the caller now and closes the socket; undici then calls `onError`, which frees the connection's place. */
  #fail(error: GatewayError): void {
    if (this.#isSettled) return
    this.#settle()
    this.#body?.drop()
    this.#body = undefined
    if (!this.#isInside) this.#room.giveUp(this)
    else if (this.#abort) this.#abort()
    else this.#tellLateness()
    this.#reject(error)
  }

  #settle(): void {
    this.#isSettled = true
    this.#unsubscribe()
  }

  #leave(): void {
    if (!this.#isInside) return
    this.#isInside = false
    if (this.#connection) this.#connections.giveBack(this.#connection)
    this.#room.leave(this)
  }
}

function readHeaders(raw: Buffer[]): IncomingResponse['headers'] {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toString('latin1').toLowerCase()
    const value = raw[at + 1]!.toString('latin1')
    const before = headers[name]
    if (Array.isArray(before)) before.push(value)
    else if (name === 'set-cookie') headers[name] = [value]
    else headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}
