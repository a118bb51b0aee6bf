const mostLineBytes = 4096
const newline = 10

type State = 'size' | 'data' | 'data-end' | 'trailers' | 'done' | 'broken'

/**
 * Takes a chunked body apart (RFC 9112 section 7.1). Strict: sizes are plain hexadecimal, every line ends with CRLF.
 * Extensions and trailers are dropped.
 */
export class ChunkedBody {
  readonly parts: Buffer[] = []
  bytes = 0
  #state: State = 'size'
  #left = 0
  #line = ''

  get state(): State {
    return this.#state
  }

  /** Takes what it can of `data` from `at` on; gives where it stopped: at the end of the data, or of the body. */
  take(data: Buffer, at: number): number {
    let here = at
    while (here < data.length && this.#state !== 'done' && this.#state !== 'broken') {
      here = this.#state === 'data' ? this.#takeData(data, here) : this.#takeLine(data, here)
    }
    return here
  }

  #takeData(data: Buffer, at: number): number {
    const end = Math.min(data.length, at + this.#left)
    this.parts.push(data.subarray(at, end))
    this.bytes += end - at
    this.#left -= end - at
    if (this.#left === 0) this.#state = 'data-end'
    return end
  }

  #takeLine(data: Buffer, at: number): number {
    const end = data.indexOf(newline, at)
    this.#line += data.toString('latin1', at, end < 0 ? data.length : end + 1)
    if (this.#line.length > mostLineBytes) this.#state = 'broken'
    if (end < 0) return data.length
    const line = this.#line
    this.#line = ''
    this.#readLine(line)
    return end + 1
  }

  #readLine(line: string): void {
    if (!line.endsWith('\r\n') || this.#state === 'broken') this.#state = 'broken'
    else if (this.#state === 'data-end') this.#state = line === '\r\n' ? 'size' : 'broken'
    else if (this.#state === 'trailers') this.#state = line === '\r\n' ? 'done' : 'trailers'
    else {
      const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n$/.exec(line)
      if (!size) this.#state = 'broken'
      else {
        this.#left = Number.parseInt(size[1]!, 16)
        this.#state = this.#left === 0 ? 'trailers' : 'data'
      }
    }
  }
}
