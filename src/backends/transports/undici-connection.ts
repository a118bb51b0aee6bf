import type { Socket } from 'node:net'
import type { buildConnector, Client, Dispatcher } from 'undici'
import { maxHeadBytes, mostAnswerBytes } from './answer-limits.ts'

/** Who has a request on a connection. */
export interface Occupant extends Dispatcher.DispatchHandler {
  /** More was read for the answer than an answer may be, whatever it was. */
  readTooMuch(): void
}

/**
 * One connection of undici, with what undici does not see to: it reads for ever where no callback tells of it (the
 * extensions of chunks, blanks in headers), and takes a connection for free on which a request has not gone out whole.
 * Its own timers are off: they fire up to a second late.
 */
export class UndiciConnection {
  readonly #client: Client
  #socket: Socket | undefined
  #occupant: Occupant | undefined
  /** May still be read for the answer under way. */
  #bytesLeft = 0
  /** It could not be opened. undici may then wait for ever for what it has already told to have failed. */
  isLost = false

  constructor(kind: typeof Client, origin: string, connect: buildConnector.connector) {
    this.#client = new kind(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeadBytes,
      connect: (options, callback) =>
        connect(options, (...result) => {
          if (result[1]) this.#watch(result[1])
          else this.isLost = true
          callback(...result)
        }),
    })
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed
  }

  dispatch(request: Omit<Dispatcher.DispatchOptions, 'origin'>, occupant: Occupant): void {
    this.#client.dispatch(request, occupant)
  }

  /** A request goes out now. */
  begin(occupant: Occupant, maxResponseBytes: number): void {
    this.#occupant = occupant
    this.#bytesLeft = mostAnswerBytes(maxResponseBytes)
  }

  /** Its answer is complete. Closes the connection unless the request is too. */
  complete(): void {
    this.#occupant = undefined
    if (this.#socket && this.#socket.writableLength > 0) this.#socket.destroy()
  }

  /** Closes it when its request has ended. */
  async close(): Promise<void> {
    await this.#client.close()
  }

  destroy(): void {
    void this.#client.destroy()
  }

  #watch(socket: Socket): void {
    this.#socket = socket
    const read = socket.read
    socket.read = (size?: number) => {
      const data = read.call(socket, size)
      if (data === null) return null
      this.#bytesLeft -= data.length
      if (this.#bytesLeft >= 0) return data
      if (this.#occupant) this.#occupant.readTooMuch()
      else socket.destroy()
      return null
    }
  }
}
