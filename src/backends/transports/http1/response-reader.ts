import type { IncomingResponse } from '../transport.ts'
import { ChunkedBody } from './chunks.ts'
import { parseHead, type ResponseHead } from './head.ts'

const mostHeadBytes = 16 * 1024
const noBytes = Buffer.alloc(0)

export class Http1Response implements IncomingResponse {
  readonly head: ResponseHead
  readonly body: Buffer

  constructor(head: ResponseHead, body: Buffer) {
    this.head = head
    this.body = body
  }

  get status(): number {
    return this.head.status
  }

  get headers(): IncomingResponse['headers'] {
    return this.head.headers
  }

  get contentType(): string | undefined {
    return this.head.contentType
  }

  get contentEncoding(): string | undefined {
    return this.head.contentEncoding
  }
}

/** What came of the bytes so far. */
export type Progress = 'more' | 'complete' | 'malformed' | 'too-large'

/**
 * Reads one answer from the bytes of a connection, which are lent to it: of what it keeps it makes a copy. The usual
 * answer comes in a single piece, of which the body alone is copied.
 */
export class ResponseReader {
  readonly #method: string
  readonly #maxBytes: number
  #head: ResponseHead | undefined
  #pendingHead: Buffer | undefined
  #parts: Buffer[] = []
  #bytes = 0
  #chunks: ChunkedBody | undefined
  /** Bytes came behind the answer, which nobody asked for. */
  hasSurplus = false

  constructor(method: string, maxBytes: number) {
    this.#method = method
    this.#maxBytes = maxBytes
  }

  /** 0 until the status is known. */
  get status(): number {
    return this.#head?.status ?? 0
  }

  /** Whether anything of an answer has come. */
  get hasBegun(): boolean {
    return this.#head !== undefined || this.#pendingHead !== undefined
  }

  get keepsAlive(): boolean {
    return this.#head!.keepsAlive && !this.hasSurplus
  }

  /** Reads the first `bytes` of what is lent. */
  take(lent: Buffer, bytes: number): Progress {
    if (this.#head) return this.#takeBody(lent, 0, bytes)
    const pending = this.#pendingHead
    if (!pending) return this.#takeHead(lent, 0, bytes)
    this.#pendingHead = undefined
    return this.#takeHead(Buffer.concat([pending, lent.subarray(0, bytes)]), 0, pending.length + bytes)
  }

  /** The connection ended: that completes an answer which says no length, and no other. */
  end(): Progress {
    return this.#head?.framing.kind === 'until-close' ? 'complete' : 'malformed'
  }

  /** The whole answer, once it is complete. */
  response(): Http1Response {
    const parts = this.#chunks?.parts ?? this.#parts
    const body = parts.length === 1 ? parts[0]! : parts.length === 0 ? noBytes : Buffer.concat(parts)
    return new Http1Response(this.#head!, body)
  }

  #takeHead(data: Buffer, from: number, to: number): Progress {
    const end = data.indexOf('\r\n\r\n', from, 'latin1')
    // Behind `to` is what was read before.
    const isWhole = end >= 0 && end + 4 <= to
    if (!isWhole || end - from > mostHeadBytes) {
      if (to - from > mostHeadBytes) return 'malformed'
      // What cannot be HTTP is not waited for.
      if (!'HTTP/1.'.startsWith(data.toString('latin1', from, Math.min(from + 7, to)))) return 'malformed'
      this.#pendingHead = copy(data, from, to)
      return 'more'
    }
    const head = parseHead(data.toString('latin1', from, end), this.#method)
    // Neither is sent unless asked for, and we never ask.
    if (!head || head.status === 100 || head.status === 101) return 'malformed'
    if (head.status < 200) return end + 4 < to ? this.#takeHead(data, end + 4, to) : 'more'
    this.#head = head
    const { framing } = head
    if (framing.kind === 'length' && framing.bytes > this.#maxBytes) return 'too-large'
    if (framing.kind === 'chunked') this.#chunks = new ChunkedBody()
    return this.#takeBody(data, end + 4, to)
  }

  #takeBody(data: Buffer, from: number, to: number): Progress {
    const { framing } = this.#head!
    switch (framing.kind) {
      case 'none':
        this.hasSurplus = from < to
        return 'complete'
      case 'length': {
        const end = Math.min(to, from + framing.bytes - this.#bytes)
        this.#keep(data, from, end)
        this.hasSurplus = end < to
        return this.#bytes === framing.bytes ? 'complete' : 'more'
      }
      case 'until-close':
        this.#keep(data, from, to)
        return this.#bytes > this.#maxBytes ? 'too-large' : 'more'
      case 'chunked': {
        const chunks = this.#chunks!
        const rest = copy(data, from, to)
        const end = chunks.take(rest, 0)
        if (chunks.state === 'broken') return 'malformed'
        if (chunks.bytes > this.#maxBytes) return 'too-large'
        if (chunks.state !== 'done') return 'more'
        this.hasSurplus = end < rest.length
        return 'complete'
      }
    }
  }

  #keep(data: Buffer, from: number, to: number): void {
    if (to <= from) return
    this.#parts.push(copy(data, from, to))
    this.#bytes += to - from
  }
}

function copy(data: Buffer, from: number, to: number): Buffer {
  const kept = Buffer.allocUnsafe(to - from)
  data.copy(kept, 0, from, to)
  return kept
}
