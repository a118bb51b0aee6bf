import type { Socket } from 'node:net'
import { GatewayError } from '../../errors.ts'
import { contained, type Endable, endWithFault } from '../../faults.ts'
import { Connecting } from '../connecting.ts'
import { readBeforeWriteErrors } from '../early-answers.ts'
import { unreachable, unusable } from '../failures.ts'
import type { ResponseReader } from './response-reader.ts'
import type { OpenSocket } from './sockets.ts'

/** What every socket of the process reads into: the callback empties it before the next one reads. */
const sharedBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** A backend that says nothing of it closes idle connections after 5 s at the earliest (Node's default). */
const defaultIdleMs = 4000
const idleMarginMs = 1000
/** More of a request than that may lie in buffers, unread, when a backend refuses it. */
const surelyReadBytes = 64 * 1024

/** Who waits for the answer to the request under way. */
export interface Asker {
  /** Whether all of its request has been written. */
  readonly hasSent: boolean
  /** The head of the answer was read, or more of its body, or its end. False: nothing more for now, until `resume`. */
  came(reader: ResponseReader, isWhole: boolean): boolean
  failed(error: GatewayError): void
  /** The connection, which was kept, broke without a byte of an answer: likely before the backend had the request. */
  lost(error: GatewayError): void
  /** The connection speaks the protocol that was asked for, and is the asker's from now on. */
  switched?(reader: ResponseReader, socket: Socket): void
  /** More of the request can be written. */
  drained?(): void
}

interface ConnectionOptions {
  readonly openSocket: OpenSocket
  readonly connectTimeoutMs: number
  /** It may be handed on as a stream: it carries one request, to another protocol. */
  readonly maySwitch?: boolean
  /** It can be used. */
  onReady(connection: Connection): void
  /** It cannot be used any more, or never could. */
  onGone(connection: Connection, error: GatewayError | undefined): void
}

/** One socket that carries one request at a time. */
export class Connection {
  /** How its making goes; it stays, once it is made, as what that came to. */
  readonly connecting: Connecting
  /** It has waited for a request, and the other side may have closed it meanwhile. */
  isKept = false
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  #isGone = false
  #error: Error | undefined
  #reader: ResponseReader | undefined
  #asker: Asker | undefined
  /** How long it may wait for its next request. */
  #idleMs = defaultIdleMs
  #idleUntil = 0
  /** Of the body of the request under way. */
  #sentBytes = 0
  /** Take its listeners off the socket. */
  readonly #unhear: (() => void)[] = []
  /** What is thrown in a callback of the socket is no fault of the backend's: it ends the connection, and the call on it. */
  readonly #fault: Endable = { destroy: () => this.#fail(new GatewayError('internal')) }

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { openSocket, connectTimeoutMs, maySwitch = false } = options
    const onread = { buffer: sharedBuffer, callback: (bytes: number) => this.#tryRead(sharedBuffer, bytes) }
    const { socket, readyEvent } = openSocket(maySwitch ? undefined : onread)
    this.#socket = socket
    if (maySwitch) this.#on('data', (data: Buffer) => void (this.#tryRead(data, data.length) || socket.pause()))
    readBeforeWriteErrors(socket)
    this.connecting = new Connecting(connectTimeoutMs, () => socket.destroy(new Error('connecting took too long')))
    this.#on(readyEvent, () => this.#begin())
    this.#on('error', (error: Error) => {
      this.#error = error
    })
    this.#on('end', () => this.#end())
    this.#on('close', () => this.#end())
    this.#on('drain', () => this.#asker?.drained?.())
  }

  get isGone(): boolean {
    return this.#isGone
  }

  /** Whether the backend is likely to keep it open for a request now. */
  isFresh(now: number): boolean {
    return !this.#isGone && now < this.#idleUntil
  }

  /** It waits for its next request from now on. */
  idleSince(now: number): void {
    this.#idleUntil = now + this.#idleMs
  }

  /** Sends a request, or the head of one whose body is written later; the asker is told nothing before this returns. */
  send(head: string, body: string | Uint8Array | undefined, reader: ResponseReader, asker: Asker): void {
    this.#asker = asker
    this.#reader = reader
    this.#sentBytes = body?.length ?? 0
    const socket = this.#socket
    if (body === undefined) {
      socket.write(head, 'latin1')
      return
    }
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body, 'utf8')
    socket.uncork()
  }

  /** Writes more of a request; false when no more should be for now. */
  write(bytes: Buffer, before = '', behind = ''): boolean {
    const socket = this.#socket
    this.#sentBytes += bytes.length
    if (before === '') return socket.write(bytes)
    socket.cork()
    socket.write(before, 'latin1')
    socket.write(bytes)
    const takesMore = socket.write(behind, 'latin1')
    socket.uncork()
    return takesMore
  }

  get needsDrain(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** Goes on reading. */
  resume(): void {
    this.#socket.resume()
  }

  /** Closes it at once; an asker is told nothing. */
  destroy(): void {
    this.#close(undefined)
  }

  #on<Args extends unknown[]>(event: string, callback: (...args: Args) => void): void {
    const listener = contained('backend', this.#fault, callback)
    const socket = this.#socket
    socket.on(event, listener)
    this.#unhear.push(() => socket.off(event, listener))
  }

  #tryRead(data: Buffer, bytes: number): boolean {
    try {
      return this.#read(data, bytes)
    } catch (thrown) {
      endWithFault(thrown, 'backend', this.#fault)
      return false
    }
  }

  #begin(): void {
    this.connecting.end()
    this.#options.onReady(this)
  }

  #read(data: Buffer, bytes: number): boolean {
    const reader = this.#reader
    if (!reader) {
      // Nobody asked: what comes now would be taken for the answer to the next request.
      this.destroy()
      return true
    }
    const progress = reader.take(data, bytes)
    if (progress === 'complete') this.#complete(reader)
    else if (progress === 'switched') this.#handOn(reader)
    else if (progress !== 'more') this.#fail(unusable(progress, reader.status))
    else if (reader.head) return this.#asker!.came(reader, false)
    return true
  }

  #complete(reader: ResponseReader): void {
    const asker = this.#release()
    // An answer may come before all of its request has gone out: it counts, but nothing else may follow on this connection.
    const hasSent = asker.hasSent && this.#socket.writableLength === 0
    // Nor where it refuses what it may not have read: a backend that does so often closes, and does not say that it will.
    const hasRead = reader.status < 400 || this.#sentBytes <= surelyReadBytes
    const maySendAgain = hasSent && hasRead && reader.keepsAlive && !this.#isGone && !this.#options.maySwitch
    this.#idleMs = maySendAgain ? idleTimeMs(reader.head!.keepAlive) : 0
    if (this.#idleMs === 0) this.destroy()
    asker.came(reader, true)
  }

  /** It is a stream as any from now on, and someone else's. */
  #handOn(reader: ResponseReader): void {
    const asker = this.#release()
    this.#isGone = true
    this.#socket.pause()
    for (const unhear of this.#unhear) unhear()
    asker.switched!(reader, this.#socket)
  }

  #release(): Asker {
    const asker = this.#asker!
    this.#asker = undefined
    this.#reader = undefined
    return asker
  }

  #fail(error: GatewayError): void {
    const asker = this.#asker
    this.#close(error)
    asker?.failed(error)
  }

  /** The other side has ended, or the socket broke. */
  #end(): void {
    this.connecting.end()
    const reader = this.#reader
    if (reader && this.#asker) {
      if (!this.#error && reader.end() === 'complete') this.#complete(reader)
      else if (reader.status > 0) this.#fail(unusable('broken-off', reader.status, this.#error))
      else if (this.isKept && !reader.hasBegun) this.#lose(unreachable(this.#error))
      else this.#fail(unreachable(this.#error))
    }
    this.#close(unreachable(this.#error))
  }

  #lose(error: GatewayError): void {
    const asker = this.#asker!
    this.#close(error)
    asker.lost(error)
  }

  #close(error: GatewayError | undefined): void {
    this.#asker = undefined
    this.#reader?.drop()
    this.#reader = undefined
    this.#socket.destroy()
    if (this.#isGone) return
    this.#isGone = true
    this.#options.onGone(this, error)
  }
}

/** `Keep-Alive: timeout=5` is how long the backend keeps it; a second earlier we stop believing it. */
function idleTimeMs(hint: string | undefined): number {
  const seconds = hint === undefined ? undefined : /timeout=(\d{1,6})/.exec(hint)?.[1]
  return seconds === undefined ? defaultIdleMs : Math.max(0, Number(seconds) * 1000 - idleMarginMs)
}
