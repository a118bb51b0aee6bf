import { maxHeadBytes } from '../answer-limits.ts'
import type { Flaw } from '../failures.ts'
import { type BodyBytes, PassingBytes, ReceivedBytes } from '../received-bytes.ts'
import type { IncomingResponse } from '../transport.ts'
import { ChunkedBody } from './chunks.ts'
import { findSlip, headEnd, parseHead, type ResponseHead } from './head.ts'

const noBytes = Buffer.alloc(0)
const gathers: Reading = {}

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

/** What came of the bytes so far; `switched`: from here on the connection speaks another protocol. */
export type Progress = 'more' | 'complete' | 'switched' | Exclude<Flaw, 'broken-off'>

/** How a reader differs from one that gathers a whole answer. */
export interface Reading {
  /** Its body is taken piece by piece, each lent until the next read, and may be as long as it likes. */
  readonly passes?: boolean
  /** The request asked for another protocol. */
  readonly maySwitch?: boolean
}

/**
 * Reads one answer from the bytes of a connection, which are lent to it: of what it keeps it makes a copy, what passes it lends on. The usual
 * answer comes in a single piece, of which the body alone is copied. What it gives does not depend on how the bytes were
 * cut into pieces, what it holds is bounded by `maxBytes` and `answer-limits.ts`, and what it does by what came.
 */
export class ResponseReader {
  readonly #method: string
  readonly #maxBytes: number
  #head: ResponseHead | undefined
  /** The beginning of a head that is not whole. */
  #pending: ReceivedBytes | undefined
  #interimBytes = 0
  readonly #passes: boolean
  readonly #maySwitch: boolean
  #body: BodyBytes | undefined
  #chunks: ChunkedBody | undefined
  /** Bytes came behind the answer, which nobody asked for. */
  hasSurplus = false

  constructor(method: string, maxBytes: number, { passes = false, maySwitch = false }: Reading = gathers) {
    this.#method = method
    this.#maxBytes = maxBytes
    this.#passes = passes
    this.#maySwitch = maySwitch
  }

  /** Once it is read. */
  get head(): ResponseHead | undefined {
    return this.#head
  }

  /** 0 until the status is known. */
  get status(): number {
    return this.#head?.status ?? 0
  }

  /** Whether anything of an answer has come. */
  get hasBegun(): boolean {
    return this.#head !== undefined || this.#pending !== undefined || this.#interimBytes > 0
  }

  get keepsAlive(): boolean {
    return this.#head!.keepsAlive && !this.hasSurplus
  }

  /** Reads the first `bytes` of what is lent. */
  take(lent: Buffer, bytes: number): Progress {
    if (this.#head) return this.#takeBody(lent, 0, bytes)
    const pending = this.#pending
    if (!pending) return this.#takeHeads(lent, bytes, 0)
    const searched = Math.max(0, pending.length - headEnd.length + 1)
    pending.append(lent, 0, bytes)
    return this.#takeHeads(pending.view(), pending.length, searched)
  }

  /** The connection ended: that completes an answer which says no length, and no other. */
  end(): Progress {
    return this.#head?.framing.kind === 'until-close' ? 'complete' : 'malformed'
  }

  /** The whole answer, once it is complete. */
  response(): Http1Response {
    return new Http1Response(this.#head!, this.takeBody())
  }

  /** What has come of the body and was not taken: the taker's, or lent to it where the body passes. */
  takeBody(): Buffer {
    return this.#body?.take() ?? noBytes
  }

  /** Nobody wants what has come. */
  drop(): void {
    this.#body?.drop()
  }

  /** Reads heads from the front of `data` until one is final. Up to `searched` none of them ends. */
  #takeHeads(data: Buffer, to: number, searched: number): Progress {
    for (let from = 0, search = searched; ; ) {
      const end = data.indexOf(headEnd, search, 'latin1')
      // Behind `to` is what was read before.
      if (end < 0 || end + headEnd.length > to) return this.#wait(data, from, to, search)
      if (end - from > maxHeadBytes) return findSlip(data, from, from, to) ?? 'head-too-large'
      const head = parseHead(data.toString('latin1', from, end), this.#method)
      // Other interim answers are passed over, asked for or not (RFC 9110 section 15.2); another protocol cannot be.
      if (!head || (head.status === 101 && !this.#maySwitch)) return 'malformed'
      const next = end + headEnd.length
      if (head.status === 101) return this.#switch(head, data, next, to)
      if (head.status >= 200) return this.#beginBody(head, data, next, to)
      this.#interimBytes += next - from
      if (this.#interimBytes > maxHeadBytes) return 'head-too-large'
      from = next
      search = next
    }
  }

  /** Keeps the beginning of a head, in which up to `searched` no line ends in a wrong way. */
  #wait(data: Buffer, from: number, to: number, searched: number): Progress {
    const slip = findSlip(data, from, searched, to)
    if (slip) return slip
    if (to - from >= maxHeadBytes + headEnd.length) return 'head-too-large'
    if (this.#pending && from === 0) return 'more'
    this.#pending = new ReceivedBytes()
    this.#pending.append(data, from, to)
    return 'more'
  }

  /** What comes behind is of the other protocol, and is taken as a body would be. */
  #switch(head: ResponseHead, data: Buffer, from: number, to: number): Progress {
    this.#head = head
    this.#body = new PassingBytes()
    this.#body.append(data, from, to)
    return 'switched'
  }

  #beginBody(head: ResponseHead, data: Buffer, from: number, to: number): Progress {
    this.#head = head
    this.#pending = undefined
    const { framing } = head
    if (framing.kind === 'length') {
      if (framing.bytes > this.#maxBytes) return 'too-large'
      this.#body = this.#passes ? new PassingBytes() : new ReceivedBytes(framing.bytes)
    } else if (framing.kind !== 'none') this.#body = this.#passes ? new PassingBytes() : new ReceivedBytes()
    if (framing.kind === 'chunked') this.#chunks = new ChunkedBody(this.#maxBytes, this.#body)
    return this.#takeBody(data, from, to)
  }

  #takeBody(data: Buffer, from: number, to: number): Progress {
    const { framing } = this.#head!
    switch (framing.kind) {
      case 'none':
        this.hasSurplus = from < to
        return 'complete'
      case 'length': {
        const body = this.#body!
        const end = Math.min(to, from + framing.bytes - body.length)
        body.append(data, from, end)
        this.hasSurplus = end < to
        return body.length === framing.bytes ? 'complete' : 'more'
      }
      case 'until-close': {
        const body = this.#body!
        if (body.length + to - from > this.#maxBytes) return 'too-large'
        body.append(data, from, to)
        return 'more'
      }
      case 'chunked': {
        const chunks = this.#chunks!
        const end = chunks.take(data, from, to)
        if (chunks.state === 'broken') return 'malformed'
        if (chunks.state === 'too-large') return 'too-large'
        if (chunks.state !== 'done') return 'more'
        this.hasSurplus = end < to
        return 'complete'
      }
    }
  }
}
