import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import type { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'
import { tooLarge } from '../../run/refusals.ts'
import { bodyTimeoutMs, hasBody } from '../http/body.ts'
import { limitRest } from '../http/reply.ts'

/** What every upload has to come to on the whole, beyond the time that any body has: a drip is none. */
const leastBytesPerMs = 1

/** A client's body on its way to a backend: how much of it may come, how fast, and who of the two is waited for. */
export class Upload {
  readonly isEmpty: boolean
  readonly #request: IncomingMessage
  readonly #clock: Clock
  readonly #startedAt: number
  /** Of the connection when the upload began. */
  readonly #bytesBefore: number
  #bytesSeen: number
  #to: ClientRequest | undefined

  constructor(request: IncomingMessage, clock: Clock) {
    const { bytesRead } = request.socket
    this.#request = request
    this.#clock = clock
    this.#startedAt = clock.now()
    this.#bytesBefore = bytesRead
    this.#bytesSeen = bytesRead
    this.isEmpty = !hasBody(request)
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#request.complete
  }

  /** Whether the backend does not take what has come of it. */
  get isStuck(): boolean {
    return !this.isWhole && this.#to !== undefined && this.#to.writableNeedDrain
  }

  /** Tells once when more comes than may. One that says its length is not counted: `refuseTooLong` has looked at it. */
  bound(maxBytes: number, owner: Endable, tell: (error: GatewayError) => void): void {
    const request = this.#request
    if (this.isEmpty || request.headers['content-length'] !== undefined) return
    let bytes = 0
    const count = contained('request', owner, (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return
      request.off('data', count)
      tell(tooLarge(maxBytes))
    })
    request.on('data', count)
  }

  /** Goes on to a backend that is connected. */
  sendTo(to: ClientRequest): void {
    this.#to = to
    to.flushHeaders()
    this.#request.pipe(to)
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
    const allowedMs = bodyTimeoutMs + (bytesRead - this.#bytesBefore) / leastBytesPerMs
    if (moved && this.#clock.now() - this.#startedAt <= allowedMs) return 'moves'
    return this.isStuck ? 'backend' : 'client'
  }

  /** No more of it goes on. */
  stop(): void {
    this.#request.unpipe()
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
