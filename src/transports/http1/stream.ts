import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import type { Asker, Connection } from './connection.ts'
import type { ConnectionTaker, Http1Connections } from './connections.ts'
import type { ResponseHead } from './head.ts'
import { printStart } from './request-head.ts'
import { type Reading, ResponseReader } from './response-reader.ts'

/** A request that is sent and answered piece by piece. */
export interface StreamedRequest {
  readonly method: string
  readonly path: string
  /** In place of the endpoint's own. */
  readonly host?: string | undefined
  /** Lines of headers, each with its end: without host, connection and upgrade. */
  readonly headerLines: string
  /** Of a request with a body, which is written as it comes. */
  readonly framing: 'none' | 'length' | 'chunked'
  /** The protocol that it asks for in place of HTTP. */
  readonly protocol: string | undefined
  /** Whether it may be sent twice; never one with a body. */
  readonly mayRepeat: boolean
}

/** Who sends such a request. */
export interface StreamOwner {
  /** It has a connection, and its head goes out: its body may follow. Nothing of a body is gone where there is none. */
  begun(): void
  /** More of the body can be written. */
  drained(): void
  /**
   * The head of the answer came, or more of its body, or its end: each in the order in which it came, several at once.
   * The piece is lent: once this returns, the next read overwrites it. False: nothing more for now, until `resume`.
   */
  came(head: ResponseHead, piece: Buffer, isWhole: boolean): boolean
  /** `rest` is what came of the other protocol. */
  switched(head: ResponseHead, socket: Socket, rest: Buffer): void
  /** Before there is an answer, or within it. */
  failed(error: GatewayError): void
}

/** One request and its answer over a connection, handed on as they come. */
export class Http1Stream implements Asker, ConnectionTaker {
  hasSent: boolean
  readonly #connections: Http1Connections
  readonly #request: StreamedRequest
  readonly #owner: StreamOwner
  #connection: Connection | undefined
  #isOver = false

  constructor(connections: Http1Connections, request: StreamedRequest, owner: StreamOwner) {
    this.#connections = connections
    this.#request = request
    this.#owner = owner
    this.hasSent = request.framing === 'none'
  }

  /** Whether what was written of the body has to go before more does. */
  get needsDrain(): boolean {
    return this.#connection?.needsDrain ?? false
  }

  /** Takes a connection, now or as soon as it is up, and sends the head. */
  begin(): void {
    const maySwitch = this.#request.protocol !== undefined
    const kept = maySwitch ? undefined : this.#connections.take()
    if (kept) this.connected(kept)
    else this.#connection = this.#connections.open(this, maySwitch)
  }

  connected(connection: Connection): void {
    const { method, path, host = this.#connections.host, headerLines, protocol } = this.#request
    this.#connection = connection
    const start = printStart(method, path, host, protocol)
    if (start === undefined) {
      this.#connections.giveBack(connection)
      this.failed(new GatewayError('invalid-input', { detail: 'the path cannot be sent as HTTP' }))
      return
    }
    const reader = new ResponseReader(method, Number.POSITIVE_INFINITY, protocol === undefined ? passes : switches)
    connection.send(`${start}${headerLines}\r\n`, undefined, reader, this)
    this.#owner.begun()
  }

  notConnected(error: GatewayError): void {
    this.failed(error)
  }

  /** Writes a piece of the body; false when no more should be for now. */
  write(piece: Buffer): boolean {
    const connection = this.#connection
    if (this.#isOver || !connection) return true
    if (this.#request.framing !== 'chunked') return connection.write(piece)
    return connection.write(piece, `${piece.length.toString(16)}\r\n`, '\r\n')
  }

  /** The body is whole. */
  end(): void {
    this.hasSent = true
    if (this.#isOver || this.#request.framing !== 'chunked') return
    this.#connection?.write(lastChunk)
  }

  resume(): void {
    this.#connection?.resume()
  }

  /** Nobody wants more of it: its connection is closed, and its owner hears nothing more. */
  destroy(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#connection?.destroy()
  }

  came(reader: ResponseReader, isWhole: boolean): boolean {
    if (isWhole) {
      this.#isOver = true
      this.#connections.giveBack(this.#connection!)
    }
    return this.#owner.came(reader.head!, reader.takeBody(), isWhole)
  }

  switched(reader: ResponseReader, socket: Socket): void {
    this.#isOver = true
    this.#owner.switched(reader.head!, socket, reader.takeBody())
  }

  drained(): void {
    this.#owner.drained()
  }

  failed(error: GatewayError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#owner.failed(error)
  }

  /** The one free resend: a fresh connection is not kept, so it is never lost again. */
  lost(error: GatewayError): void {
    if (!this.#request.mayRepeat) {
      this.failed(error)
      return
    }
    this.#connection = this.#connections.open(this)
  }
}

const passes: Reading = { passes: true }
const switches: Reading = { passes: true, maySwitch: true }
const lastChunk = Buffer.from('0\r\n\r\n')
