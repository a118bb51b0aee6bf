import { endOfMemory, makeRoom } from './room'
import { findSpecial, skipSpace, skipString, skipWord } from './scan'
import { ENTRY, FLAG } from './tape'

const OBJECT: u32 = 0x7b
const END_OF_OBJECT: u32 = 0x7d
const ARRAY: u32 = 0x5b
const END_OF_ARRAY: u32 = 0x5d

/** Entries that are written between two looks at what room is left. */
const AHEAD: usize = 4 * ENTRY

/**
 * Validates the JSON text of `length` bytes at `text` and writes its tape to `tape`, which is the last thing in
 * memory. Gives how many entries that took; 0 for what is not JSON, nests deeper than `maxDepth` or finds no room.
 * While a container is open, its entry keeps the entry of the one around it.
 */
export function index(text: usize, length: usize, tape: usize, maxDepth: u32): usize {
  let at = skipSpace(text)
  let next = tape
  let around: usize = 0
  let inObject = false
  let left = maxDepth
  let end = endOfMemory()
  while (true) {
    if (next + AHEAD > end) {
      if (!makeRoom(next + AHEAD)) return 0
      end = endOfMemory()
    }
    const c: u32 = load<u8>(at)
    if (c === OBJECT || c === ARRAY) {
      if (left === 0) return 0
      left--
      store<u32>(next, at - text)
      store<u32>(next, around, 4)
      around = next
      next += ENTRY
      inObject = c === OBJECT
      at = skipSpace(at + 1)
      if (load<u8>(at) !== (inObject ? END_OF_OBJECT : END_OF_ARRAY)) {
        if (inObject) {
          at = indexKey(text, at, next)
          if (at === 0) return 0
          next += ENTRY
        }
        continue
      }
    } else {
      const behind = c === 0x22 ? skipString(at + 1) : skipWord(at)
      if (behind === 0) return 0
      store<u32>(next, at - text)
      store<u32>(next, behind - at, 4)
      next += ENTRY
      at = behind
    }
    while (true) {
      at = skipSpace(at)
      if (around === 0) return at === text + length ? (next - tape) / ENTRY : 0
      const c: u32 = load<u8>(at)
      if (c === 0x2c) {
        at = skipSpace(at + 1)
        if (inObject) {
          at = indexKey(text, at, next)
          if (at === 0) return 0
          next += ENTRY
        }
        break
      }
      if (c !== (inObject ? END_OF_OBJECT : END_OF_ARRAY)) return 0
      if (next + AHEAD > end) {
        if (!makeRoom(next + AHEAD)) return 0
        end = endOfMemory()
      }
      at++
      store<u32>(next, at - text)
      store<u32>(next, 0, 4)
      next += ENTRY
      const outer: usize = load<u32>(around, 4)
      store<u32>(around, ((next - around) / ENTRY) | FLAG, 4)
      around = outer
      if (outer !== 0) inObject = load<u8>(text + load<u32>(outer)) === OBJECT
      left++
    }
  }
}

/** Writes the entry of a key and goes to the value behind it; 0 for what is no key. */
function indexKey(text: usize, at: usize, entry: usize): usize {
  if (load<u8>(at) !== 0x22) return 0
  const start = at + 1
  at = findSpecial(start)
  let flag: u32 = 0
  if (load<u8>(at) === 0x22) at++
  else {
    flag = FLAG
    at = skipString(at)
    if (at === 0) return 0
  }
  store<u32>(entry, start - text)
  store<u32>(entry, (at - 1 - start) | flag, 4)
  at = skipSpace(at)
  return load<u8>(at) === 0x3a ? skipSpace(at + 1) : 0
}
