/**
 * The tape: what `index` leaves of a JSON text, two words for each value and key, in the order of the text. Offsets
 * count from the text's first byte and containers tell how many entries they take, so that a tape, or the part of it
 * that belongs to one value, can be moved.
 *
 * - a scalar: where it begins, how many bytes it takes (a string with its quotes)
 * - a key: where it begins behind its quote, how many bytes it takes without quotes, `FLAG` when it has an escape
 * - an object or array: where it begins, `FLAG` and how many entries it takes with its end
 * - the end of an object or array: where the text goes on behind it, 0
 */
export const FLAG: u32 = 0x80000000

/** Bytes of an entry. */
export const ENTRY: usize = 8

/** Where a value begins in its text. */
export function startOf(entry: usize): u32 {
  return load<u32>(entry)
}

export function isContainer(entry: usize): bool {
  return (load<u32>(entry, 4) & FLAG) !== 0
}

/** The entry behind a value. */
export function skip(entry: usize): usize {
  const word = load<u32>(entry, 4)
  return entry + ((word & FLAG) !== 0 ? <usize>(word & ~FLAG) * ENTRY : ENTRY)
}

/** How many bytes a value takes. */
export function lengthOf(entry: usize): u32 {
  const word = load<u32>(entry, 4)
  if ((word & FLAG) === 0) return word
  return load<u32>(entry + <usize>(word & ~FLAG) * ENTRY - ENTRY) - load<u32>(entry)
}
