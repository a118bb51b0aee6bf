import { IndexedJson } from './indexed-json.ts'

const chunkWords = 16 * 1024

let chunk = createWords(chunkWords)
let taken = 0

/**
 * Copies a tape out of the engine's memory; gives where its first entry is. Small ones share chunks of 64 KiB, as
 * Node's buffers do: making memory for each would cost as much as finding paths in it.
 */
export function keepTape(
  bytes: Uint8Array,
  from: Uint32Array,
  start: number,
  length: number,
  hasRareNumbers: boolean,
): { json: IndexedJson; at: number } {
  const tape = from.subarray(start, start + length)
  if (length > chunkWords / 4) {
    const own = createWords(length)
    own.set(tape)
    return { json: new IndexedJson(bytes, own, hasRareNumbers), at: 0 }
  }
  if (taken + length > chunkWords) {
    chunk = createWords(chunkWords)
    taken = 0
  }
  const at = taken / 2
  chunk.set(tape, taken)
  taken += length
  return { json: new IndexedJson(bytes, chunk, hasRareNumbers), at }
}

function createWords(length: number): Uint32Array {
  return new Uint32Array(Buffer.allocUnsafeSlow(4 * length).buffer)
}
