/**
 * A validated JSON text and the index of its values: two words for each value and key, as assembly/json/tape.ts has
 * it. Neither is changed by anyone.
 */
export class IndexedJson {
  readonly bytes: Uint8Array
  readonly tape: Uint32Array

  constructor(bytes: Uint8Array, tape: Uint32Array) {
    this.bytes = bytes
    this.tape = tape
  }
}

/** The bit of a container's second word on the tape; the others tell how many entries it takes. */
export const containerFlag = 0x8000_0000

/** One value inside an indexed JSON. */
export class JsonSlice {
  readonly json: IndexedJson
  /** Its entry on the tape, counted from 0. */
  readonly at: number

  constructor(json: IndexedJson, at: number) {
    this.json = json
    this.at = at
  }

  /** Where it begins in the text. */
  get start(): number {
    return this.json.tape[2 * this.at]!
  }

  /** Where the text goes on behind it. */
  get end(): number {
    const { tape } = this.json
    const word = tape[2 * this.at + 1]!
    return word < containerFlag ? this.start + word : tape[2 * (this.at + word - containerFlag - 1)]!
  }

  /** How many entries it takes on the tape. */
  get entries(): number {
    const word = this.json.tape[2 * this.at + 1]!
    return word < containerFlag ? 1 : word - containerFlag
  }

  get isNull(): boolean {
    return this.json.bytes[this.start] === 0x6e
  }

  /** Its bytes as they were sent, not a copy. */
  get bytes(): Uint8Array {
    return this.json.bytes.subarray(this.start, this.end)
  }

  /** The value, made anew at each call. */
  parse(): unknown {
    const { buffer, byteOffset, byteLength } = this.bytes
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString())
  }

  toJSON(): unknown {
    return this.parse()
  }
}
