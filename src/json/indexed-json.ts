import { asBuffer } from './buffers.ts'

/**
 * A validated JSON text and the index of its values: two words for each value and key, as assembly/json/tape.ts has
 * it. Neither is changed by anyone.
 */
export class IndexedJson {
  readonly bytes: Buffer
  readonly tape: Uint32Array
  /** Whether it has numbers that JavaScript may print another way than they are written. */
  readonly hasRareNumbers: boolean

  constructor(bytes: Uint8Array, tape: Uint32Array, hasRareNumbers: boolean) {
    this.bytes = asBuffer(bytes)
    this.tape = tape
    this.hasRareNumbers = hasRareNumbers
  }
}

/** The bit of a container's second word on the tape; the others tell how many entries it takes. */
export const containerFlag = 0x8000_0000
