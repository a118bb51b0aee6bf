import { ENTRY, FLAG, isContainer, skip, startOf } from './tape'

/**
 * A node of a tree of paths, six words: the register that holds its value (the entry on the tape, 0 when there is
 * none), the hash table of its names with its shift (0: none), its indexes and how many there are, one to spare.
 * Nodes come in order, those above first.
 */
const NODE: usize = 24

/**
 * Walks the values that a tree of paths asks for, from the register of its first node, and leaves each in its
 * register. Every member of an object is looked at, so that the last of one name is what counts. False when a key has
 * an escape where a name had to be found.
 */
export function find(nodes: usize, end: usize, text: usize): bool {
  for (let node = nodes; node < end; node += NODE) {
    const value: usize = load<u32>(load<u32>(node))
    if (value === 0 || !isContainer(value)) continue
    if (load<u8>(text + startOf(value)) === 0x7b) {
      const table: usize = load<u32>(node, 4)
      if (table !== 0 && !findMembers(value, text, table, load<u32>(node, 8))) return false
    } else {
      findItems(value, load<u32>(node, 12), load<u32>(node, 16))
    }
  }
  return true
}

/** An entry of a table: the next of the same hash, the register, the name's length, where the name is. */
function findMembers(object: usize, text: usize, table: usize, shift: u32): bool {
  const end = skip(object) - ENTRY
  let key = object + ENTRY
  while (key < end) {
    const length = load<u32>(key, 4)
    if ((length & FLAG) !== 0) return false
    const name = text + startOf(key)
    const value = key + ENTRY
    let wanted: usize = load<u32>(table + ((<usize>hash(name, length) >> shift) << 2))
    while (wanted !== 0) {
      if (load<u32>(wanted, 8) === length && areEqual(load<u32>(wanted, 12), name, length)) {
        store<u32>(load<u32>(wanted, 4), value)
        break
      }
      wanted = load<u32>(wanted)
    }
    key = skip(value)
  }
  return true
}

/** Of a name's length, its first four bytes and its last four. `hashName` in src/json does the same. */
function hash(name: usize, length: u32): u32 {
  let first = load<u32>(name)
  let last = first
  if (length < 4) {
    first = length === 0 ? 0 : first << (32 - (length << 3))
    last = first
  } else last = load<u32>(name + length - 4)
  return (first ^ rotl(last, 15) ^ length) * 0x9e3779b1
}

function areEqual(a: usize, b: usize, length: usize): bool {
  if (length <= 8) return length === 0 || (load<u64>(a) ^ load<u64>(b)) << (64 - ((<u64>length) << 3)) === 0
  const last = length - 8
  for (let i: usize = 0; i < last; i += 8) if (load<u64>(a + i) !== load<u64>(b + i)) return false
  return load<u64>(a + last) === load<u64>(b + last)
}

/** Indexes ascend; each is two words: the index and its register. */
function findItems(array: usize, indexes: usize, count: usize): void {
  const end = skip(array) - ENTRY
  const last = indexes + (count << 3)
  let item = array + ENTRY
  for (let index: u32 = 0; item < end && indexes < last; index++) {
    if (load<u32>(indexes) === index) {
      store<u32>(load<u32>(indexes, 4), item)
      indexes += 8
    }
    item = skip(item)
  }
}
