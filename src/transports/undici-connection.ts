import type { Socket } from 'node:net'
import type { buildConnector, Client, Dispatcher } from 'undici'
import { maxHeadBytes, mostAnswerBytes } from './answer-limits.ts'
import { Connecting } from './connecting.ts'
import { readBeforeWriteErrors } from './early-answers.ts'
import type { Flaw } from './failures.ts'
import { InterimAnswers } from './undici-interim.ts'

/** Who has a request on a connection. */
export interface Occupant extends Dispatcher.DispatchHandler {
  /** The answer under way cannot be used. */
  failUnusable(flaw: Flaw): void
}

/**
 * One connection of undici, with what undici does not see to: it reads for ever where no callback tells of it (the
 * extensions of chunks, blanks in headers), takes a connection for free on which a request has not gone out whole, and
 * fails by an interim answer that nobody asked for.
 * Its own timers are off: they fire up to a second late.
 */
export class UndiciConnection {
  readonly #client: Client
  #socket: Socket | undefined
  #occupant: Occupant | undefined
  #connecting: Connecting | undefined
  /** The socket has carried an exchange before. */
  #isKept = false
  /** May still be read for the answer under way. */
  #bytesLeft = 0
  #hasRead = false
  /** Where the answer under way may still begin with some. */
  #interim: InterimAnswers | undefined
  /** It could not be opened. undici may then wait for ever for what it has already told to have failed. */
  isLost = false

  constructor(kind: typeof Client, origin: string, connect: buildConnector.connector) {
    this.#client = new kind(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeadBytes,
      connect: (options, callback) => {
        const connecting = new Connecting(Number.POSITIVE_INFINITY, () => {})
        this.#connecting = connecting
        connect(options, (...result) => {
          connecting.end()
          if (result[1]) this.#watch(result[1])
          else this.isLost = true
          callback(...result)
        })
      },
    })
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed
  }

  /** For how long this process stood still while the connection was made, told once. */
  takeLateMs(): number {
    const lateMs = this.#connecting?.lateMs ?? 0
    this.#connecting = undefined
    return lateMs
  }

  /** Whether it broke under this request, kept from an earlier exchange, and no byte of an answer came. */
  wasLostBy(occupant: Occupant): boolean {
    return this.#occupant === occupant && this.#isKept && !this.#hasRead
  }

  dispatch(request: Omit<Dispatcher.DispatchOptions, 'origin'>, occupant: Occupant): void {
    this.#client.dispatch(request, occupant)
  }

  /** A request goes out now. */
  begin(occupant: Occupant, maxResponseBytes: number): void {
    this.#occupant = occupant
    this.#bytesLeft = mostAnswerBytes(maxResponseBytes)
    this.#hasRead = false
    this.#interim = new InterimAnswers()
  }

  /** Its answer is complete. Closes the connection unless the request is too. */
  complete(): void {
    this.#occupant = undefined
    this.#isKept = true
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
    this.#isKept = false
    readBeforeWriteErrors(socket)
    const read = socket.read
    socket.read = (size?: number) => {
      const data: Buffer | null = read.call(socket, size)
      return data && this.#look(data)
    }
  }

  /** What undici gets of what was read. */
  #look(data: Buffer): Buffer | null {
    this.#hasRead = true
    this.#bytesLeft -= data.length
    if (this.#bytesLeft < 0) return this.#refuse('too-large')
    if (!this.#interim) return data
    const rest = this.#interim.passOver(data)
    if (rest === 'too-large') return this.#refuse('head-too-large')
    if (rest) this.#interim = undefined
    return rest ?? null
  }

  #refuse(flaw: Flaw): null {
    if (this.#occupant) this.#occupant.failUnusable(flaw)
    else this.#socket?.destroy()
    return null
  }
}
