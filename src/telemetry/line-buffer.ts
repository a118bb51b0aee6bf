import { write, writeSync } from 'node:fs'

const pieceLength = 64 * 1024
const holdMs = 200
const mostHeldBytes = 16 * 1024 * 1024
/** A reader that is slow (EAGAIN) is tried again after so long; at the end of the process at most so often. */
const retryMs = 50
const mostRetries = 40
const sleeper = new Int32Array(new SharedArrayBuffer(4))

/** Takes whole lines. */
export interface LogDestination {
  write(line: string): unknown
}

/** Calls of the system that a file is written with; node:fs unless a test needs to know. */
export interface FileCalls {
  write(fd: number, bytes: Uint8Array, callback: (error: NodeJS.ErrnoException | null, written: number) => void): void
  writeSync(fd: number, bytes: Uint8Array): number
}

/**
 * Lines on their way to a file. They are written in large pieces by another thread, at most 200 ms late: each write
 * wakes that thread, whatever it writes. A reader that does not keep up loses lines beyond 16 MB; when it is gone for
 * good (EPIPE), all that comes is dropped, and nothing waits for it.
 *
 * Written by us because sonic-boom, which pino would use, measures all that it holds at each line, and waits for ever in
 * `flushSync` when the reader is gone.
 */
export class LineBuffer implements LogDestination {
  readonly #fd: number
  readonly #calls: FileCalls
  #text = ''
  /** What the other thread has not written yet. */
  #writing: Uint8Array | undefined
  #timer: NodeJS.Timeout | undefined
  #isBroken = false

  constructor(fd: number, calls: FileCalls = { write, writeSync }) {
    this.#fd = fd
    this.#calls = calls
  }

  write(line: string): void {
    if (this.#isBroken || this.#text.length > mostHeldBytes) return
    this.#text += line
    if (this.#text.length >= pieceLength) this.#handOn()
    else this.#timer ??= setTimeout(() => this.#handOn(), holdMs).unref()
  }

  /** Writes what has not been handed on yet, for the end of the process. */
  flushSync(): void {
    let bytes = this.#take()
    for (let retries = 0; bytes.length > 0 && !this.#isBroken; ) {
      try {
        bytes = bytes.subarray(this.#calls.writeSync(this.#fd, bytes))
      } catch (error) {
        if (!isBusy(error) || retries++ === mostRetries) this.#isBroken = true
        else Atomics.wait(sleeper, 0, 0, retryMs)
      }
    }
  }

  #take(): Uint8Array {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const text = this.#text
    this.#text = ''
    return Buffer.from(text)
  }

  #handOn(): void {
    if (this.#writing || this.#isBroken) return
    const bytes = this.#take()
    if (bytes.length > 0) this.#send(bytes)
  }

  #send(bytes: Uint8Array): void {
    this.#writing = bytes
    this.#calls.write(this.#fd, bytes, (error, written) => {
      if (isBusy(error)) setTimeout(() => this.#send(bytes), retryMs).unref()
      else if (error) this.#isBroken = true
      else if (written < bytes.length) this.#send(bytes.subarray(written))
      else {
        this.#writing = undefined
        this.#handOn()
      }
    })
  }
}

function isBusy(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'EAGAIN' || code === 'EBUSY'
}
