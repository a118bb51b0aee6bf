import { printJson } from '../json-text.ts'
import { asBuffer } from './buffers.ts'
import { checkJson } from './indexer.ts'
import type { JsonSlice } from './slice.ts'

/** What an indexer found: the whole, then what stands at each place it looked for. */
export type Slices = readonly (JsonSlice | undefined)[]

/** A body: its bytes as they came, and a value of them for whoever asks. */
export class Body {
  /** Where it stays bytes. */
  readonly slices: Slices | undefined
  readonly #bytes: Uint8Array | undefined
  readonly #whole: JsonSlice | undefined
  #value: unknown

  private constructor(bytes: Uint8Array | undefined, whole?: JsonSlice, slices?: Slices, value?: unknown) {
    this.slices = slices
    this.#bytes = bytes
    this.#whole = whole
    this.#value = value
  }

  /** Of what an indexer found in it. */
  static ofSlices(bytes: Uint8Array, slices: Slices): Body {
    return new Body(bytes, slices[0], slices)
  }

  /** Of bytes to be parsed. Undefined where parsing has to tell what is wrong with them, if anything is. */
  static ofBytes(bytes: Uint8Array, maxDepth: number): Body | undefined {
    const checked = checkJson(bytes, maxDepth)
    return checked && new Body(bytes, checked === 'plain' ? undefined : checked)
  }

  /** @param bytes what the value was parsed from, if it was */
  static ofValue(value: unknown, bytes?: Uint8Array): Body {
    return new Body(bytes, undefined, undefined, value)
  }

  /** Made when it is first asked for; everybody is given the same. Numbers are what they are in `numbers.ts`. */
  get value(): unknown {
    if (this.#value === undefined)
      this.#value = this.#whole ? this.#whole.parse() : JSON.parse(asBuffer(this.#bytes!).toString())
    return this.#value
  }

  /** As it came, any content coding undone; undefined where it did not come. */
  get received(): Uint8Array | undefined {
    return this.#bytes
  }

  /** As it was sent, after any content coding was undone: not a copy. */
  get bytes(): Uint8Array {
    return this.#bytes ?? Buffer.from(printJson(this.#value))
  }
}
