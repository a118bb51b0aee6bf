import type { EventEmitter } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import { createRequire } from 'node:module'
import type { TLSSocket } from 'node:tls'
import type { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { maxHeadBytes } from '../answer-limits.ts'
import { Connecting } from '../connecting.ts'
import { unreachable } from '../failures.ts'
import type { OpenSocket } from '../http1/sockets.ts'

/** Only services that ask for HTTP/2 have a use for it. */
const loadHttp2 = () => createRequire(import.meta.url)('node:http2') as typeof import('node:http2')

/** Of a body, before the other side has to wait for us: what comes is read at once. */
const windowBytes = 1024 * 1024
/** A connection that nobody uses is closed then. */
const idleMs = 60_000
/** A connection on which a request ran out of time is asked whether it is still there, and given up then. */
const pongMs = 2000

export interface SessionOptions {
  readonly openSocket: OpenSocket
  /** Origin, with the host that the other side is told. */
  readonly origin: string
  readonly connectTimeoutMs: number
  /** Requests can go out. */
  onReady(session: Session): void
  /** A request has ended, or it is well again: there is room for others. */
  onRoom(session: Session): void
  /** Nothing more can go out; the error where it never could. */
  onGone(session: Session, error: GatewayError | undefined): void
}

/** One connection that carries many requests at once. */
export class Session {
  readonly connecting: Connecting
  /** It has carried a request before, and the other side may have closed it meanwhile. */
  isKept = false
  readonly #options: SessionOptions
  readonly #session: ClientHttp2Session
  #streams = 0
  #isReady = false
  #isGone = false
  #isSuspect = false
  #error: Error | undefined
  /** The last request that the other side saw, by its own word. */
  #lastSeen = Number.POSITIVE_INFINITY
  #idle: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    const { openSocket, origin, connectTimeoutMs } = options
    this.#options = options
    const { socket, readyEvent } = openSocket(undefined)
    this.connecting = new Connecting(connectTimeoutMs, () => this.destroy(new Error('connecting took too long')))
    const session = loadHttp2().connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: windowBytes, maxHeaderListSize: maxHeadBytes },
      // Their size bounds them, as over HTTP/1.1: whoever reads a head counts.
      maxHeaderListPairs: maxHeadBytes,
      maxReservedRemoteStreams: 0,
    })
    this.#session = session
    if (readyEvent === 'secureConnect')
      this.#on(socket, 'secureConnect', () => {
        if ((socket as TLSSocket).alpnProtocol !== 'h2') this.destroy(new Error('it does not speak HTTP/2 (ALPN)'))
      })
    // Its first word is how many requests at once it takes.
    this.#on(session, 'remoteSettings', () => this.#begin())
    this.#on(session, 'error', (error: Error) => {
      this.#error ??= error
    })
    this.#on(session, 'goaway', (_code: number, lastSeen: number) => {
      this.#lastSeen = lastSeen
      this.#leave()
    })
    this.#on(session, 'close', () => this.#end())
    session.unref()
  }

  /** Whether one more request may go out on it now. */
  get hasRoom(): boolean {
    if (!this.#isReady || this.#isGone || this.#isSuspect || this.#session.destroyed) return false
    return this.#streams < this.#mostStreams
  }

  /** It takes none for now, by its own word: another connection would be told the same. */
  get isShut(): boolean {
    return this.#isReady && !this.#isGone && this.#mostStreams === 0
  }

  get #mostStreams(): number {
    return this.#session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY
  }

  /** @throws Error of Node for headers that cannot be sent */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    const stream = this.#session.request(headers, { endStream })
    clearTimeout(this.#idle)
    this.#streams++
    this.#on(stream, 'close', () => {
      this.#streams--
      this.isKept = true
      if (this.#streams === 0) this.#rest()
      if (!this.#isGone) this.#options.onRoom(this)
    })
    return stream
  }

  /** A request on it ran out of time: where the connection is dead, so would all others. */
  suspect(): void {
    if (this.#isSuspect || this.#isGone || !this.#isReady) return
    this.#isSuspect = true
    const timer = setTimeout(() => this.destroy(new Error('the connection is dead')), pongMs).unref()
    const answered = (error: Error | null) => {
      clearTimeout(timer)
      if (error || this.#isGone) return
      this.#isSuspect = false
      this.#options.onRoom(this)
    }
    if (!this.#session.ping(contained('backend', this, answered))) clearTimeout(timer)
  }

  /** Whether the other side has said that it saw nothing of a request (RFC 9113 section 6.8). */
  neverSaw({ id = 0 }: ClientHttp2Stream): boolean {
    return id > this.#lastSeen
  }

  /** Why a stream of it broke, where that is known. */
  get error(): Error | undefined {
    return this.#error
  }

  /** Lets the requests under way end. */
  close(): void {
    this.#session.close()
    if (!this.#isReady) this.destroy()
  }

  destroy(error?: Error): void {
    this.#error ??= error
    this.#session.destroy()
  }

  #on<Args extends unknown[]>(emitter: EventEmitter, event: string, callback: (...args: Args) => void): void {
    emitter.on(event, contained('backend', this, callback) as (...args: unknown[]) => void)
  }

  #begin(): void {
    if (!this.#isReady) {
      this.connecting.end()
      this.#isReady = true
      this.#session.setLocalWindowSize(16 * windowBytes)
      this.#options.onReady(this)
    } else this.#options.onRoom(this)
  }

  #rest(): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.close(), idleMs).unref()
  }

  /** Nothing more goes out on it; what is under way may end. */
  #leave(): void {
    if (this.#isGone) return
    this.#isGone = true
    clearTimeout(this.#idle)
    this.connecting.end()
    this.#options.onGone(this, this.#isReady ? undefined : unreachable(this.#error))
  }

  #end(): void {
    this.#leave()
  }
}
