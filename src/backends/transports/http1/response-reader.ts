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
 * Reads one answer from the bytes of a connection. The usual one comes in a single piece and is cut from it without
 * another copy; all else is put together.
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

  /** `data` is kept: it must not be written to afterwards. */
  take(data: Buffer): Progress {
    if (this.#head) return this.#takeBody(data, 0)
    const all = this.#pendingHead ? Buffer.concat([this.#pendingHead, data]) : data
    this.#pendingHead = undefined
    return this.#takeHead(all, 0)
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

  #takeHead(data: Buffer, from: number): Progress {
    const end = data.indexOf('\r\n\r\n', from, 'latin1')
    if (end < 0 || end - from > mostHeadBytes) {
      if (data.length - from > mostHeadBytes) return 'malformed'
      // What cannot be HTTP is not waited for.
      if (!'HTTP/1.'.startsWith(data.toString('latin1', from, Math.min(from + 7, data.length)))) return 'malformed'
      this.#pendingHead = data.subarray(from)
      return 'more'
    }
    const head = parseHead(data.toString('latin1', from, end), this.#method)
    // Neither is sent unless asked for, and we never ask.
    if (!head || head.status === 100 || head.status === 101) return 'malformed'
    if (head.status < 200) return end + 4 < data.length ? this.#takeHead(data, end + 4) : 'more'
    this.#head = head
    const { framing } = head
    if (framing.kind === 'length' && framing.bytes > this.#maxBytes) return 'too-large'
    if (framing.kind === 'chunked') this.#chunks = new ChunkedBody()
    return this.#takeBody(data, end + 4)
  }

  #takeBody(data: Buffer, from: number): Progress {
    const { framing } = this.#head!
    switch (framing.kind) {
      case 'none':
        this.hasSurplus = from < data.length
        return 'complete'
      case 'length': {
        const end = Math.min(data.length, from + framing.bytes - this.#bytes)
        this.#keep(data, from, end)
        this.hasSurplus = end < data.length
        return this.#bytes === framing.bytes ? 'complete' : 'more'
      }
      case 'until-close':
        this.#keep(data, from, data.length)
        return this.#bytes > this.#maxBytes ? 'too-large' : 'more'
      case 'chunked': {
        const chunks = this.#chunks!
        const end = chunks.take(data, from)
        if (chunks.state === 'broken') return 'malformed'
        if (chunks.bytes > this.#maxBytes) return 'too-large'
        if (chunks.state !== 'done') return 'more'
        this.hasSurplus = end < data.length
        return 'complete'
      }
    }
  }

  #keep(data: Buffer, from: number, to: number): void {
    if (to <= from) return
    this.#parts.push(from === 0 && to === data.length ? data : data.subarray(from, to))
    this.#bytes += to - from
  }
}
