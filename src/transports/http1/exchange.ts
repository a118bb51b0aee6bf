import type { Cancellable, Scope } from '../../cancellation.ts'
import { GatewayError } from '../../errors.ts'
import type { IncomingResponse, OutgoingRequest } from '../transport.ts'
import type { Guest, WaitingRoom } from '../waiting-room.ts'
import type { Asker, Connection } from './connection.ts'
import type { ConnectionSource, ConnectionTaker } from './connections.ts'
import { ResponseReader } from './response-reader.ts'

/** One request and its answer: waits for a place, then for a connection, then for the answer; cancelled at any point. */
export class Http1Exchange implements Guest, ConnectionTaker, Asker, Cancellable {
  readonly #source: ConnectionSource
  readonly #room: WaitingRoom
  readonly #request: OutgoingRequest
  readonly #head: string
  readonly #resolve: (response: IncomingResponse) => void
  readonly #reject: (error: GatewayError) => void
  readonly #scope: Scope
  #connection: Connection | undefined
  /** The one that was opened for it. */
  #opened: Connection | undefined
  readonly hasSent = true
  enteredAtMs = 0
  #isInside = false
  #isSettled = false

  constructor(
    source: ConnectionSource,
    room: WaitingRoom,
    head: string,
    request: OutgoingRequest,
    scope: Scope,
    resolve: (response: IncomingResponse) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#source = source
    this.#room = room
    this.#head = head
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
    const kept = this.#source.take()
    if (kept) this.#send(kept)
    else this.#opened = this.#source.open(this)
  }

  turnAway(): void {
    this.cancel(new GatewayError('overloaded', { detail: 'no time was left to wait for a connection', retryAfter: 1 }))
  }

  connected(connection: Connection): void {
    if (this.#isSettled) {
      // Ready too late for this request, in time for the next.
      this.#source.giveBack(connection)
      this.#leave()
      return
    }
    this.#tellLateness()
    this.#send(connection)
  }

  notConnected(error: GatewayError): void {
    this.#leave()
    if (this.#settle()) this.#reject(error)
  }

  came(reader: ResponseReader, isWhole: boolean): boolean {
    if (!isWhole) return true
    this.#source.giveBack(this.#connection!)
    this.#leave()
    if (this.#settle()) this.#resolve(reader.response())
    return true
  }

  failed(error: GatewayError): void {
    this.#leave()
    if (this.#settle()) this.#reject(error)
  }

  /** The one free resend: a fresh connection is not kept, so it is never lost again. */
  lost(error: GatewayError): void {
    if (this.#isSettled || !this.#request.mayRepeat) {
      this.failed(error)
      return
    }
    this.#connection = undefined
    this.#opened = this.#source.open(this)
  }

  /** Ends it wherever it is: waiting, connecting or under way. */
  cancel(reason: GatewayError): void {
    if (!this.#settle()) return
    if (!this.#isInside) this.#room.giveUp(this)
    else if (this.#connection) {
      this.#connection.destroy()
      this.#leave()
    } else this.#tellLateness()
    this.#reject(reason)
  }

  #send(connection: Connection): void {
    const { method, body, maxResponseBytes } = this.#request
    this.#connection = connection
    connection.send(this.#head, body, new ResponseReader(method, maxResponseBytes), this)
  }

  #tellLateness(): void {
    const lateMs = this.#opened?.connecting.lateMs ?? 0
    if (lateMs > 0) this.#request.onAsked?.(lateMs)
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
