import { endOfMemory, makeRoom } from './room'

/** Bytes that a copy may write beyond its end. */
const SLACK: usize = 16

let start: usize = 0
let most: usize = 0
let end: usize = 0

/** Where the answer goes on. */
export let out: usize = 0

/** Begins an answer of at most `bytes` at `at`, the last thing in memory. */
export function begin(at: usize, bytes: usize): void {
  start = at
  out = at
  most = at + bytes
  end = min(endOfMemory(), most + SLACK)
}

export function written(): usize {
  return out - start
}

/** Whether so many bytes can still be written. */
export function hasRoom(bytes: usize): bool {
  return out + bytes + SLACK <= end || takeRoom(bytes)
}

function takeRoom(bytes: usize): bool {
  if (out + bytes > most || !makeRoom(out + bytes + SLACK)) return false
  end = min(endOfMemory(), most + SLACK)
  return true
}

/** Appends bytes there is room for. Sixteen at a time: most are few, and a call of memory.copy costs more than they do. */
export function append(from: usize, bytes: usize): void {
  const to = out
  out = to + bytes
  if (bytes > 256) {
    memory.copy(to, from, bytes)
    return
  }
  let i: usize = 0
  do {
    v128.store(to + i, v128.load(from + i))
    i += 16
  } while (i < bytes)
}

export function appendByte(byte: u32): void {
  store<u8>(out, byte)
  out++
}

export function appendNull(): void {
  store<u32>(out, 0x6c6c756e)
  out += 4
}
