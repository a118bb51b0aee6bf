/** Going away: in the words of RFC 6455 section 5.5.1, as a server says it, and as a client does, which masks it. */
const goingAway = 1001
const code = [goingAway >> 8, goingAway & 255]
export const closeFromServer = Buffer.of(0x88, 2, ...code)
export const closeFromClient = Buffer.of(0x88, 0x82, 0, 0, 0, 0, ...code)

const mostHeadBytes = 14

/** Follows where frames of a WebSocket end (RFC 6455 section 5.2), so that one can be put between two of them. */
export class Frames {
  readonly #head = Buffer.alloc(mostHeadBytes)
  /** Of the head of the frame that has begun, so far. */
  #headBytes = 0
  /** Of the frame behind its head, yet to come. */
  #rest = 0

  /** Whether the last byte was the last of a frame. */
  get isBetween(): boolean {
    return this.#headBytes === 0 && this.#rest === 0
  }

  /** Takes bytes as they come. With `untilEnd` those alone that end the frame that has begun. Gives how many it took. */
  take(bytes: Buffer, untilEnd = false): number {
    let at = 0
    while (at < bytes.length) {
      if (untilEnd && this.isBetween) return at
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, bytes.length - at)
        this.#rest -= taken
        at += taken
      } else {
        this.#head[this.#headBytes++] = bytes[at++]!
        if (this.#headBytes > 1 && this.#headBytes === this.#headLength) this.#endHead()
      }
    }
    return at
  }

  get #headLength(): number {
    const { length, isMasked } = this.#said
    return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (isMasked ? 4 : 0)
  }

  get #said() {
    const second = this.#head[1]!
    return { length: second & 127, isMasked: second > 127 }
  }

  #endHead(): void {
    const { length } = this.#said
    this.#headBytes = 0
    // Nobody lives to see the end of one that is longer than a double counts.
    if (length < 126) this.#rest = length
    else this.#rest = length === 126 ? this.#head.readUInt16BE(2) : Number(this.#head.readBigUInt64BE(2))
  }
}
