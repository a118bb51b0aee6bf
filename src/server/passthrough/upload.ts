import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'
import { tooLarge } from '../../run/refusals.ts'
import { hasBody } from '../http/body.ts'
import { bodyTimeoutOf } from '../http/connection.ts'
import { limitRest } from '../http/reply.ts'

/** What every upload has to come to on the whole, beyond the time that any body has: a drip is none. */
const leastBytesPerMs = 1

/** Who takes a body, piece by piece. */
export interface BodyTaker {
  readonly needsDrain: boolean
  /** False: no more until it has drained. */
  write(piece: Buffer): boolean
  end(): void
}

/** A client's body on its way to a backend: how much of it may come, how fast, and who of the two is waited for. */
export class Upload {
  readonly isEmpty: boolean
  readonly #request: IncomingMessage
  readonly #clock: Clock
  readonly #startedAt: number
  /** Of the connection when the upload began. */
  readonly #bytesBefore: number
  #bytesSeen: number
  #to: BodyTaker | undefined
  #unhear: (() => void) | undefined

  constructor(request: IncomingMessage, clock: Clock) {
    const { bytesRead } = request.socket
    this.#request = request
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#bytesBefore = bytesRead
    this.#bytesSeen = bytesRead
    this.isEmpty = !hasBody(request)
  }

  /** How its end is known. */
  get framing(): 'none' | 'length' | 'chunked' {
    if (this.isEmpty) return 'none'
    return this.#request.headers['transfer-encoding'] === undefined ? 'length' : 'chunked'
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#request.complete
  }

  /** Whether the backend does not take what has come of it. */
  get isStuck(): boolean {
    return !this.isWhole && this.#to !== undefined && this.#to.needsDrain
  }

  /**
   * Goes on to a backend that is connected. Tells once when more comes than may: of one that says its length
   * `refuseTooLong` has told before.
   */
  sendTo(to: BodyTaker, maxBytes: number, owner: Endable, tell: (error: GatewayError) => void): void {
    const request = this.#request
    let bytes = 0
    const take = contained('request', owner, (piece: Buffer) => {
      bytes += piece.length
      if (bytes > maxBytes) {
        this.stop()
        tell(tooLarge(maxBytes))
      } else if (!to.write(piece)) request.pause()
    })
    const end = contained('request', owner, () => to.end())
    this.#to = to
    this.#unhear = () => request.off('data', take).off('end', end)
    request.on('data', take).once('end', end)
  }

  /** What was sent has gone. */
  drained(): void {
    if (this.#unhear) this.#request.resume()
  }

  /**
   * Asked when the time is over in which something should have happened: whether it may go on, or who is to blame that
   * it does not. It goes on as long as it moves, but not for ever: then it has to have come to something.
   */
  judge(): 'moves' | 'client' | 'backend' {
    if (this.isWhole || this.#to === undefined) return 'backend'
    const { bytesRead } = this.#request.socket
    const moved = bytesRead > this.#bytesSeen
    this.#bytesSeen = bytesRead
    const allowedMs = bodyTimeoutOf(this.#request) + (bytesRead - this.#bytesBefore) / leastBytesPerMs
    if (moved && this.#clock.now() - this.#startedAt <= allowedMs) return 'moves'
    return this.isStuck ? 'backend' : 'client'
  }

  /** No more of it goes on. */
  stop(): void {
    if (!this.#unhear) return
    this.#unhear()
    this.#unhear = undefined
    this.#request.pause()
  }

  /** Its answer is there, and no one waits for the rest. */
  dropRest(): void {
    if (!this.isWhole && !this.#request.destroyed) limitRest(this.#request)
  }
}

/** The refusal of a body that says it is longer than it may be. */
export function refuseTooLong({ headers }: IncomingMessage, maxBytes: number): GatewayError | undefined {
  return Number(headers['content-length'] ?? 0) > maxBytes ? tooLarge(maxBytes) : undefined
}
