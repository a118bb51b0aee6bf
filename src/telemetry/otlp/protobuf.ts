const firstBytes = 64 * 1024
/** Lengths of nested messages take so many bytes, padded: they are known when the message has been written. */
const lengthBytes = 4
/** A string of so many UTF-16 units has fewer than 128 UTF-8 bytes, so its length takes one byte. */
const shortUnits = 42
const twoTo32 = 2 ** 32

/** Writes protocol buffers (https://protobuf.dev/programming-guides/encoding/) into memory that grows and is used again. */
export class ProtobufWriter {
  #bytes = Buffer.allocUnsafeSlow(firstBytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** A copy of all that was written; the writer is empty then. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  varint(field: number, value: number): void {
    this.#reserve(20)
    this.#putVarint(field << 3)
    this.#putVarint(value)
  }

  double(field: number, value: number): void {
    this.#reserve(10)
    this.#putVarint((field << 3) | 1)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }

  fixed32(field: number, value: number): void {
    this.#reserve(10)
    this.#putVarint((field << 3) | 5)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }

  /** Nanoseconds since the epoch, of milliseconds with fractions. */
  nanoseconds(field: number, epochMs: number): void {
    this.#reserve(10)
    this.#putVarint((field << 3) | 1)
    // In two halves, each exact: a BigInt would be garbage, and a double holds 53 bits.
    const ms = Math.floor(epochMs)
    const highMs = Math.floor(ms / 65_536)
    const low = (ms % 65_536) * 1e6 + Math.floor((epochMs - ms) * 1e6) + ((highMs * 1e6) % 65_536) * 65_536
    const high = Math.floor((highMs * 1e6) / 65_536) + Math.floor(low / twoTo32)
    this.#length = this.#bytes.writeUInt32LE(low % twoTo32, this.#length)
    this.#length = this.#bytes.writeUInt32LE(high, this.#length)
  }

  /** Bytes given as hexadecimal digits. */
  hex(field: number, digits: string): void {
    const count = digits.length >> 1
    this.#reserve(10 + count)
    this.#putVarint((field << 3) | 2)
    this.#putVarint(count)
    for (let at = 0; at < 2 * count; at += 2) {
      this.#bytes[this.#length++] = (hexDigit(digits.charCodeAt(at)) << 4) | hexDigit(digits.charCodeAt(at + 1))
    }
  }

  string(field: number, text: string): void {
    this.#reserve(10 + 3 * text.length)
    this.#putVarint((field << 3) | 2)
    if (text.length > shortUnits) {
      this.#putVarint(Buffer.byteLength(text))
      this.#length += this.#bytes.write(text, this.#length)
      return
    }
    const start = this.#length + 1
    const count = this.#putAscii(text, start) ? text.length : this.#bytes.write(text, start)
    this.#bytes[this.#length] = count
    this.#length = start + count
  }

  /** Begins a message inside this one; gives what `end` needs. */
  begin(field: number): number {
    this.#reserve(10)
    this.#putVarint((field << 3) | 2)
    this.#length += lengthBytes
    return this.#length
  }

  end(begun: number): void {
    let rest = this.#length - begun
    for (let at = begun - lengthBytes; at < begun; at++) {
      this.#bytes[at] = (rest & 0x7f) | (at === begun - 1 ? 0 : 0x80)
      rest >>>= 7
    }
  }

  /** A loop is done before a call into C++ has begun. False where there is more than ASCII. */
  #putAscii(text: string, start: number): boolean {
    const bytes = this.#bytes
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) return false
      bytes[start + at] = unit
    }
    return true
  }

  #putVarint(value: number): void {
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + count))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

function hexDigit(unit: number): number {
  return unit <= 0x39 ? unit - 0x30 : (unit | 0x20) - 0x57
}
