import { containerFlag, type IndexedJson } from './indexed-json.ts'
import { makeLazy, sliceKey } from './lazy.ts'
import { restoreNumbers } from './restore-numbers.ts'

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

  get [sliceKey](): this {
    return this
  }

  /** A value for whoever reads it: a list or object is made when somebody looks into it, and may be copied as bytes. */
  get value(): unknown {
    const first = this.json.bytes[this.start]
    return first === 0x7b || first === 0x5b ? makeLazy(first === 0x5b, this) : this.parse()
  }

  /** Its bytes as they were sent, not a copy. */
  get bytes(): Uint8Array {
    return this.json.bytes.subarray(this.start, this.end)
  }

  /** The value, made anew at each call; numbers are what they are in `numbers.ts`. */
  parse(): unknown {
    const value: unknown = JSON.parse(this.json.bytes.toString('utf8', this.start, this.end))
    return this.json.hasRareNumbers ? restoreNumbers(value, this.json, this.at, this.entries) : value
  }

  toJSON(): unknown {
    return this.parse()
  }
}

/** The slice that a value is or stands for. */
export function sliceOf(value: unknown): JsonSlice | undefined {
  return typeof value === 'object' && value !== null ? (value as { [sliceKey]?: JsonSlice })[sliceKey] : undefined
}
