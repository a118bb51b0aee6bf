import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Http2Settings } from '../../../config/listen-http2.ts'
import { BurstLimit } from './burst.ts'
import type { Response } from './response.ts'

export interface SessionLimits extends Pick<Http2Settings, 'resets'> {
  readonly headersTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  readonly standstillTimeoutMs: number
}

/** PING, SETTINGS: no client has a use for so many, and each is answered. */
const controlFrames = { count: 200, windowMs: 10_000 }
/** RFC 9113 section 7. */
const noError = 0x0
const enhanceYourCalm = 0xb
/** Any stream that is under way is still taken. */
const lastOfAll = 2 ** 31 - 1

/** One connection of HTTP/2: what its client may do to it, and how it ends. */
export class Session {
  readonly socket: TLSSocket
  readonly #session: ServerHttp2Session
  readonly #limits: SessionLimits
  readonly #resets: BurstLimit
  readonly #control = new BurstLimit(controlFrames)
  /** Its answers under way, with what of each was taken when it was looked at, and when that was. */
  readonly #open = new Map<Response, { taken: number; atMs: number }>()
  #idleSinceMs: number
  #hadRequest = false
  #isEnded = false

  constructor(session: ServerHttp2Session, socket: TLSSocket, limits: SessionLimits, nowMs: number) {
    this.socket = socket
    this.#session = session
    this.#limits = limits
    this.#resets = new BurstLimit(limits.resets)
    this.#idleSinceMs = nowMs
    const note = () => {
      if (this.#control.isOver(performance.now())) this.#end(enhanceYourCalm)
    }
    session.on('ping', note)
    session.on('remoteSettings', note)
  }

  /** A request has come, and is under way until its stream is closed. */
  begin(stream: ServerHttp2Stream, response: Response): void {
    this.#hadRequest = true
    this.#open.set(response, { taken: 0, atMs: performance.now() })
    stream.once('close', () => {
      this.#open.delete(response)
      const now = performance.now()
      this.#idleSinceMs = now
      // By its client, or because of what it sent; by us none counts.
      const isGivenUp = stream.rstCode !== noError && !response.socket.isOurs
      if (isGivenUp && this.#resets.isOver(now)) this.#end(enhanceYourCalm)
    })
  }

  /** Looks whether somebody is waited for too long. */
  look(nowMs: number): void {
    if (this.#isEnded) {
      // Whoever does not even take leave.
      this.socket.destroy()
      return
    }
    const { headersTimeoutMs, keepAliveTimeoutMs, standstillTimeoutMs } = this.#limits
    if (this.#open.size === 0) {
      const patienceMs = this.#hadRequest ? keepAliveTimeoutMs : headersTimeoutMs
      if (nowMs - this.#idleSinceMs > patienceMs) this.#end(noError)
      return
    }
    for (const [response, seen] of this.#open) {
      const { bytesWritten, writableLength, isPatient } = response.socket
      const taken = bytesWritten - writableLength
      if (writableLength === 0 || taken > seen.taken || isPatient) {
        seen.taken = taken
        seen.atMs = nowMs
      } else if (nowMs - seen.atMs > standstillTimeoutMs) response.emit('timeout')
    }
  }

  /** Asks for no more requests; whatever comes nevertheless is answered. */
  announceEnd(): void {
    if (!this.#session.closed) this.#session.goaway(noError, lastOfAll)
  }

  /** Takes no more requests, and ends with the last that it has. */
  close(): void {
    if (!this.#session.closed) this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
    this.socket.destroy()
  }

  /** Tells its client why, and ends it. */
  #end(code: number): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#session.destroy(code as never)
  }
}
