import { isLongWhole, isPlainNumber, skipPlainWhole } from './plain-number'
import { endOfMemory, makeRoom } from './room'
import { findSpecial, skipSpace, skipString, skipWord } from './scan'
import { ENTRY, FLAG } from './tape'

const QUOTE: u32 = 0x22
const COMMA: u32 = 0x2c
const COLON: u32 = 0x3a
const OBJECT: u32 = 0x7b
const END_OF_OBJECT: u32 = 0x7d
const ARRAY: u32 = 0x5b
const END_OF_ARRAY: u32 = 0x5d

/** Entries that are written between two looks at what room is left. */
const AHEAD: usize = 4 * ENTRY

/** How many numbers the text indexed last has that JavaScript may print another way than they are written. */
export let rareNumbers: u32 = 0

/**
 * Validates the JSON text of `length` bytes at `text` and writes its tape to `tape`, which is the last thing in
 * memory. Gives how many entries that took; 0 for what is not JSON, nests deeper than `maxDepth`, has a whole number of
 * more digits than anybody reads, or finds no room.
 * While a container is open, its entry keeps the entry of the one around it. The 32 bytes behind the text are cleared.
 */
export function index(text: usize, length: usize, tape: usize, maxDepth: u32): usize {
  v128.store(text + length, i64x2.splat(0))
  v128.store(text + length, i64x2.splat(0), 16)
  let at = skipSpace(text)
  let next = tape
  let around: usize = 0
  let inObject = false
  let left = maxDepth
  let rare: u32 = 0
  let end = endOfMemory()
  // Each round takes a member, an item or the whole: `at` is where it begins.
  while (true) {
    if (next + AHEAD > end) {
      if (!makeRoom(next + AHEAD)) return 0
      end = endOfMemory()
    }
    if (inObject) {
      if (load<u8>(at) !== QUOTE) return 0
      const start = at + 1
      at = findSpecial(start)
      let flag: u32 = 0
      if (load<u8>(at) !== QUOTE) {
        flag = FLAG
        at = skipString(at)
        if (at === 0) return 0
        at--
      }
      writeEntry(next, start - text, (at - start) | flag)
      next += ENTRY
      at = skipSpace(at + 1)
      if (load<u8>(at) !== COLON) return 0
      at = skipSpace(at + 1)
    }
    const c: u32 = load<u8>(at)
    if (c === QUOTE) {
      const start = at
      at = findSpecial(at + 1)
      if (load<u8>(at) === QUOTE) at++
      else {
        at = skipString(at)
        if (at === 0) return 0
      }
      writeEntry(next, start - text, at - start)
      next += ENTRY
    } else if (c === OBJECT || c === ARRAY) {
      if (left === 0) return 0
      left--
      writeEntry(next, at - text, around)
      around = next
      next += ENTRY
      inObject = c === OBJECT
      at = skipSpace(at + 1)
      if (load<u8>(at) !== (inObject ? END_OF_OBJECT : END_OF_ARRAY)) continue
    } else {
      const start = at
      at = skipPlainWhole(at)
      if (at === 0) {
        at = skipWord(start)
        if (at === 0) return 0
        if (c <= 0x39 && !isPlainNumber(start, at - start)) {
          if (isLongWhole(start, at - start)) return 0
          rare++
        }
      }
      writeEntry(next, start - text, at - start)
      next += ENTRY
    }
    // What ends behind it.
    while (true) {
      at = skipSpace(at)
      if (around === 0) {
        rareNumbers = rare
        return at === text + length ? (next - tape) / ENTRY : 0
      }
      const c: u32 = load<u8>(at)
      at++
      if (c === COMMA) break
      if (c !== (inObject ? END_OF_OBJECT : END_OF_ARRAY)) return 0
      if (next + AHEAD > end) {
        if (!makeRoom(next + AHEAD)) return 0
        end = endOfMemory()
      }
      writeEntry(next, at - text, 0)
      next += ENTRY
      const outer: usize = load<u32>(around, 4)
      store<u32>(around, ((next - around) / ENTRY) | FLAG, 4)
      around = outer
      if (outer !== 0) inObject = load<u8>(text + load<u32>(outer)) === OBJECT
      left++
    }
    at = skipSpace(at)
  }
}

function writeEntry(entry: usize, first: usize, second: usize): void {
  store<u64>(entry, ((<u64>second) << 32) | <u64>first)
}
