import type { ClientRequest, IncomingMessage } from 'node:http'
import type { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'
import { tooLarge } from '../../run/refusals.ts'
import { hasBody } from '../body.ts'
import { limitRest } from '../reply.ts'

/** A client's body on its way to a backend: how much of it may come, and who of the two is waited for. */
export class Upload {
  readonly #request: IncomingMessage
  #bytesSeen = 0

  constructor(request: IncomingMessage) {
    this.#request = request
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#request.complete
  }

  /** Tells once when more comes than may. One that says its length is not counted: `refuseTooLong` has looked at it. */
  bound(maxBytes: number, owner: Endable, tell: (error: GatewayError) => void): void {
    const request = this.#request
    if (!hasBody(request) || request.headers['content-length'] !== undefined) return
    let bytes = 0
    const count = contained('request', owner, (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return
      request.off('data', count)
      tell(tooLarge(maxBytes))
    })
    request.on('data', count)
  }

  /** Whether more of it has come since this was asked last. */
  hasMoved(): boolean {
    const { bytesRead } = this.#request.socket
    const moved = !this.isWhole && bytesRead > this.#bytesSeen
    this.#bytesSeen = bytesRead
    return moved
  }

  /** Whether it stands still because its client does not go on, not because the backend takes no more. */
  isStalled(to: ClientRequest | undefined): boolean {
    if (this.isWhole || to === undefined) return false
    return to.socket?.connecting === false && !to.writableNeedDrain
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
