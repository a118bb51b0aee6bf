import { framingAllowanceBytes, maxHeadBytes } from '../answer-limits.ts'
import { type BodyBytes, ReceivedBytes } from '../received-bytes.ts'

const mostLineBytes = 4096
const mostDigits = 8

const [tab, lineFeed, carriageReturn, space, semicolon, del] = [0x09, 0x0a, 0x0d, 0x20, 0x3b, 0x7f] as const

type State = Framing | 'data' | 'done' | 'broken' | 'too-large'
type Framing =
  | ('size' | 'size-blank' | 'extension' | 'size-end' | 'data-cr' | 'data-lf')
  | ('line' | 'trailer' | 'trailer-end' | 'last-lf')

/**
 * Takes a chunked body apart (RFC 9112 section 7.1). Strict: sizes are plain hexadecimal, every line ends with CRLF.
 * Extensions and trailers are dropped, but count: what frames the body has a bound of its own.
 */
export class ChunkedBody {
  readonly body: BodyBytes
  readonly #maxBytes: number
  #state: State = 'size'
  /** Bytes of the chunk that have not come yet. */
  #left = 0
  #digits = 0
  #lineBytes = 0
  #trailerBytes = 0
  #framingBytes = 0

  /** @param maxBytes Of the body; what frames it may take what it leaves of that, and `framingAllowanceBytes`. */
  constructor(maxBytes: number, body: BodyBytes = new ReceivedBytes()) {
    this.#maxBytes = maxBytes
    this.body = body
  }

  get state(): State {
    return this.#state
  }

  /** Takes what it can of `data` from `from` up to `to`; gives where it stopped: there, or at the end of the body. */
  take(data: Buffer, from: number, to: number): number {
    let at = from
    while (at < to) {
      const state = this.#state
      if (state === 'data') at = this.#takeData(data, at, to)
      else if (state === 'done' || state === 'broken' || state === 'too-large') return at
      else this.#state = this.#next(state, data[at++]!)
    }
    return at
  }

  #takeData(data: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.#left)
    this.body.append(data, from, end)
    this.#left -= end - from
    if (this.#left === 0) this.#state = 'data-cr'
    return end
  }

  /** The state after a byte that is not of the body itself. */
  #next(state: Framing, byte: number): State {
    if (this.body.length + ++this.#framingBytes > this.#maxBytes + framingAllowanceBytes) return 'too-large'
    switch (state) {
      case 'size':
        return this.#takeDigit(byte)
      case 'size-blank':
        return byte === space || byte === tab ? this.#continueLine(state) : this.#endSize(byte)
      case 'extension':
        if (byte === carriageReturn) return 'size-end'
        return isControl(byte) ? 'broken' : this.#continueLine(state)
      case 'size-end':
        return byte === lineFeed ? this.#beginData() : 'broken'
      case 'data-cr':
        return byte === carriageReturn ? 'data-lf' : 'broken'
      case 'data-lf':
        return byte === lineFeed ? 'size' : 'broken'
      case 'line':
        return byte === carriageReturn ? 'last-lf' : this.#takeTrailer(byte)
      case 'trailer':
        return byte === carriageReturn ? 'trailer-end' : this.#takeTrailer(byte)
      case 'trailer-end':
        return byte === lineFeed ? 'line' : 'broken'
      case 'last-lf':
        return byte === lineFeed ? 'done' : 'broken'
    }
  }

  #takeDigit(byte: number): State {
    const digit = hexDigit(byte)
    if (digit < 0) return this.#digits > 0 ? this.#endSize(byte) : 'broken'
    if (++this.#digits > mostDigits) return 'broken'
    this.#left = this.#left * 16 + digit
    return 'size'
  }

  #endSize(byte: number): State {
    if (byte === carriageReturn) return 'size-end'
    if (byte === semicolon) return 'extension'
    return byte === space || byte === tab ? 'size-blank' : 'broken'
  }

  #continueLine(state: State): State {
    return ++this.#lineBytes > mostLineBytes ? 'broken' : state
  }

  #beginData(): State {
    this.#digits = 0
    this.#lineBytes = 0
    if (this.#left === 0) return 'line'
    return this.body.length + this.#left > this.#maxBytes ? 'too-large' : 'data'
  }

  #takeTrailer(byte: number): State {
    if (isControl(byte)) return 'broken'
    return ++this.#trailerBytes > maxHeadBytes ? 'too-large' : 'trailer'
  }
}

const isControl = (byte: number) => (byte < space && byte !== tab) || byte === del

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
