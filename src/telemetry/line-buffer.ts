import type { LogDestination } from './logger.ts'

/** What lines are handed to in the end; it may take what it is given to the file later. */
export interface LineSink extends LogDestination {
  flushSync(): void
}

const pieceLength = 64 * 1024
const holdMs = 200

/**
 * Collects lines and hands them on in large pieces, at most 200 ms late: each write of a file wakes a thread, and the
 * stream behind it measures all that it holds whenever it is given more.
 */
export class LineBuffer implements LineSink {
  readonly #sink: LineSink
  #text = ''
  #timer: NodeJS.Timeout | undefined

  constructor(sink: LineSink) {
    this.#sink = sink
  }

  write(line: string): void {
    this.#text += line
    if (this.#text.length >= pieceLength) this.#handOn()
    else this.#timer ??= setTimeout(() => this.#handOn(), holdMs).unref()
  }

  /** Writes everything, for the end of the process. */
  flushSync(): void {
    this.#handOn()
    this.#sink.flushSync()
  }

  #handOn(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const text = this.#text
    this.#text = ''
    if (text !== '') this.#sink.write(text)
  }
}
