const noBytes = Buffer.alloc(0)

/** Where the bytes of a body go as they come. */
export interface BodyBytes {
  /** How many have come. */
  readonly length: number
  append(data: Buffer, from: number, to: number): void
  /** What has come and is held. */
  take(): Buffer
  /** Nobody wants what is held any more. */
  drop(): void
}

/**
 * Bytes that come in pieces. Each piece is copied into one buffer that grows with what has come, so that a piece costs
 * its bytes and nothing else: no object of its own, and no hold on the block that it was read into. Memory that it needs
 * no longer is given back at once: V8 collects no sooner for buffers than when there are 64 MB of them.
 */
export class ReceivedBytes implements BodyBytes {
  readonly #expected: number
  #bytes: Buffer = noBytes
  #length = 0

  /** @param expected How many there will be at most, where that is known: it is not reserved, only never exceeded. */
  constructor(expected: number = Number.POSITIVE_INFINITY) {
    this.#expected = expected
  }

  get length(): number {
    return this.#length
  }

  append(data: Buffer, from: number, to: number): void {
    if (to <= from) return
    const length = this.#length + to - from
    if (length > this.#bytes.length) this.#grow(length)
    data.copy(this.#bytes, this.#length, from, to)
    this.#length = length
  }

  /** What has come, until the next piece comes. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** What has come, in a buffer of just that size. */
  take(): Buffer {
    const bytes = this.#bytes
    this.#bytes = noBytes
    if (bytes.length === this.#length) return bytes
    const taken = copy(bytes, this.#length, this.#length)
    free(bytes)
    return taken
  }

  drop(): void {
    free(this.#bytes)
    this.#bytes = noBytes
  }

  /** To just what is needed at first, since most bodies come in one piece; then twofold. */
  #grow(needed: number): void {
    const size = Math.max(needed, Math.min(2 * this.#bytes.length, this.#expected))
    const bytes = this.#bytes
    this.#bytes = this.#length === 0 ? Buffer.allocUnsafe(size) : copy(bytes, this.#length, size)
    free(bytes)
  }
}

/**
 * Bytes that are handed on as they come, from where they were read: what is taken is lent until more is read, and still
 * counts. What frames chunks is closed up in place, so nothing has memory of its own.
 */
export class PassingBytes implements BodyBytes {
  #data: Buffer = noBytes
  #from = 0
  #to = 0
  #taken = 0

  get length(): number {
    return this.#taken + this.#to - this.#from
  }

  append(data: Buffer, from: number, to: number): void {
    if (to <= from) return
    if (this.#from === this.#to) {
      this.#data = data
      this.#from = from
      this.#to = to
      return
    }
    data.copy(data, this.#to, from, to)
    this.#to += to - from
  }

  take(): Buffer {
    const taken = this.#data.subarray(this.#from, this.#to)
    this.#taken += taken.length
    this.drop()
    return taken
  }

  drop(): void {
    this.#data = noBytes
    this.#from = 0
    this.#to = 0
  }
}

/** Smaller ones are the collector's, which sees those. */
const worthFreeingBytes = 64 * 1024

/** Gives back a block that holds these bytes and no others. */
function free(bytes: Buffer): void {
  const { buffer } = bytes
  if (bytes.length < worthFreeingBytes || bytes.length < buffer.byteLength) return
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

function copy(bytes: Buffer, length: number, size: number): Buffer {
  const copied = Buffer.allocUnsafe(size)
  bytes.copy(copied, 0, 0, length)
  return copied
}
