import type { Dispatcher, Pool } from 'undici'
import type { Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import { contentFieldsOf, type IncomingResponse, type OutgoingRequest } from './transport.ts'
import { toTransportError } from './undici-errors.ts'
import type { Guest, WaitingRoom } from './waiting-room.ts'

const noBytes = Buffer.alloc(0)

/**
 * One request and its answer. It is undici's dispatch handler itself, of the older shape (`onConnect`, `onHeaders`, …):
 * undici 7 wraps the newer one in another object and parses every header whether it is read or not.
 */
export class UndiciExchange implements Dispatcher.DispatchHandler, Guest {
  readonly #pool: Pool
  readonly #room: WaitingRoom
  readonly #request: OutgoingRequest
  readonly #resolve: (response: IncomingResponse) => void
  readonly #reject: (error: GatewayError) => void
  readonly #unsubscribe: () => void
  #abort: (() => void) | undefined
  enteredAtMs = 0
  #isInside = false
  #isSettled = false
  #status = 0
  #headers: IncomingResponse['headers'] | undefined
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(
    pool: Pool,
    room: WaitingRoom,
    request: OutgoingRequest,
    scope: Scope,
    resolve: (response: IncomingResponse) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#pool = pool
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
      this.#fail(new GatewayError('overloaded', { detail: 'too many calls wait for a connection', retryAfter: 1 }))
  }

  enter(): void {
    this.#isInside = true
    if (this.#isSettled) return void this.#leave()
    const { method, path, headers, body, onPlace } = this.#request
    onPlace?.()
    this.#pool.dispatch({ method: method as Dispatcher.HttpMethod, path, headers, body: body ?? null }, this)
  }

  turnAway(): void {
    this.#fail(new GatewayError('overloaded', { detail: 'no time was left to wait for a connection', retryAfter: 1 }))
  }

  /** Called when a connection is ready. Throwing drops a request nobody waits for any more, and keeps the connection. */
  onConnect(abort: () => void): void {
    if (this.#isSettled) throw new Error('cancelled before it was sent')
    this.#abort = abort
  }

  onHeaders(status: number, rawHeaders: Buffer[]): boolean {
    if (status < 200) return true
    this.#status = status
    this.#headers = readHeaders(rawHeaders)
    if (Number(this.#headers['content-length']) > this.#request.maxResponseBytes && this.#request.method !== 'HEAD') {
      this.#failTooLarge()
    }
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length
    if (this.#bytes > this.#request.maxResponseBytes) this.#failTooLarge()
    else this.#chunks.push(chunk)
    return true
  }

  onComplete(): void {
    this.#leave()
    if (this.#isSettled) return
    this.#settle()
    const chunks = this.#chunks
    const body = chunks.length === 1 ? chunks[0]! : chunks.length === 0 ? noBytes : Buffer.concat(chunks, this.#bytes)
    const headers = this.#headers!
    this.#resolve({ status: this.#status, headers, ...contentFieldsOf(headers), body })
  }

  onError(error: Error): void {
    this.#leave()
    if (this.#isSettled) return
    this.#settle()
    this.#reject(toTransportError(error, this.#status))
  }

  #failTooLarge(): void {
    const response = { status: this.#status, body: undefined }
    this.#fail(new GatewayError('invalid-response', { detail: 'the answer is too large', response }))
  }

  /** Answers the caller now and closes the socket; undici then calls `onError`, which frees the connection's place. */
  #fail(error: GatewayError): void {
    if (this.#isSettled) return
    this.#settle()
    this.#chunks = []
    if (!this.#isInside) this.#room.giveUp(this)
    this.#abort?.()
    this.#reject(error)
  }

  #settle(): void {
    this.#isSettled = true
    this.#unsubscribe()
  }

  #leave(): void {
    if (!this.#isInside) return
    this.#isInside = false
    this.#room.leave(this)
  }
}

function readHeaders(raw: Buffer[]): IncomingResponse['headers'] {
  const headers: Record<string, string | string[]> = Object.create(null)
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at]!.toString('latin1').toLowerCase()
    const value = raw[at + 1]!.toString('latin1')
    const before = headers[name]
    if (name === 'set-cookie' && before !== undefined) (before as string[]).push(value)
    else if (name === 'set-cookie') headers[name] = [value]
    else headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}
