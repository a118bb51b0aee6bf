import { find } from './find'
import { append, appendByte, appendNull, begin, hasRoom, out, written } from './output'
import { ENTRY, isContainer, lengthOf, skip, startOf } from './tape'

/** The operations of a program, each followed by its operands, a word each. `src/json/program.ts` writes them. */
const _END: u32 = 0
/** from, length: bytes as they are. */
const BYTES: u32 = 1
/** cell: begins an object or array, remembering where in the cell. */
const OPEN: u32 = 2
/** cell, opening byte, closing byte. Every member wrote a comma before it; the first of them becomes the bracket. */
const CLOSE: u32 = 3
/** from, length, register, source, absence: the bytes, then a value. */
const VALUE: u32 = 4
/** register, source, required: a value inside a string. */
const TEXT: u32 = 5
/** from, length, register, source, absence, scope, behind: the bytes, then a list; the program of an element follows. */
const EACH: u32 = 6

/** What is done when a value is absent: nothing is written, null is, or the program ends. */
const NULL: u32 = 1
const FAIL: u32 = 2

/**
 * Runs a program, writing its answer to `to`, the last thing in memory. `sources` has for each source of registers
 * where the text of its values begins. Gives how many bytes were written; -1 when the answer must be made another way.
 */
export function write(program: usize, sources: usize, to: usize, mostBytes: usize): i32 {
  begin(to, mostBytes)
  return run(program, sources) ? <i32>written() : -1
}

function run(at: usize, sources: usize): bool {
  while (true) {
    switch (load<u32>(at)) {
      case BYTES: {
        const length: usize = load<u32>(at, 8)
        if (!hasRoom(length)) return false
        append(load<u32>(at, 4), length)
        at += 12
        break
      }
      case OPEN: {
        store<u32>(load<u32>(at, 4), out)
        at += 8
        break
      }
      case CLOSE: {
        if (!hasRoom(2)) return false
        close(load<u32>(load<u32>(at, 4)), load<u32>(at, 8), load<u32>(at, 12))
        at += 16
        break
      }
      case VALUE: {
        const value: usize = load<u32>(load<u32>(at, 12))
        if (value === 0) {
          if (!writeAbsence(at)) return false
        } else {
          const before: usize = load<u32>(at, 8)
          const length: usize = lengthOf(value)
          if (!hasRoom(before + length)) return false
          append(load<u32>(at, 4), before)
          append(textOf(at, 16, sources) + startOf(value), length)
        }
        at += 24
        break
      }
      case TEXT: {
        const value: usize = load<u32>(load<u32>(at, 4))
        if (value === 0 ? load<u32>(at, 12) !== 0 : !writeInText(textOf(at, 8, sources) + startOf(value), value))
          return false
        at += 16
        break
      }
      case EACH: {
        if (!writeEach(at, sources)) return false
        at = load<u32>(at, 28)
        break
      }
      default:
        return true
    }
  }
}

function textOf(at: usize, operand: usize, sources: usize): usize {
  return load<u32>(sources + ((<usize>load<u32>(at + operand)) << 2))
}

function close(opened: usize, opening: u32, closing: u32): void {
  if (out === opened) appendByte(opening)
  else store<u8>(opened, opening)
  appendByte(closing)
}

function writeAbsence(at: usize): bool {
  const absence = load<u32>(at, 20)
  if (absence === NULL) {
    const before: usize = load<u32>(at, 8)
    if (!hasRoom(before + 4)) return false
    append(load<u32>(at, 4), before)
    appendNull()
  }
  return absence !== FAIL
}

/** Null is nothing, a string its characters, a number as it is written; containers are refused. */
function writeInText(at: usize, value: usize): bool {
  if (isContainer(value)) return false
  const length: usize = lengthOf(value)
  if (!hasRoom(length)) return false
  const c: u32 = load<u8>(at)
  if (c === 0x6e) return true
  if (c === 0x22) append(at + 1, length - 2)
  else append(at, length)
  return true
}

/** A scope, five words: its source, the first of its registers, how many bytes they take, its tree of paths and its end. */
function writeEach(at: usize, sources: usize): bool {
  const list: usize = load<u32>(load<u32>(at, 12))
  if (list === 0) return writeAbsence(at)
  const text = textOf(at, 16, sources)
  if (!isContainer(list)) return load<u8>(text + startOf(list)) === 0x6e ? writeAbsence(at) : false
  if (load<u8>(text + startOf(list)) !== 0x5b) return false
  const before: usize = load<u32>(at, 8)
  if (!hasRoom(before)) return false
  append(load<u32>(at, 4), before)

  const scope: usize = load<u32>(at, 24)
  store<u32>(sources + ((<usize>load<u32>(scope)) << 2), text)
  const registers: usize = load<u32>(scope, 4)
  const registerBytes: usize = load<u32>(scope, 8)
  const nodes: usize = load<u32>(scope, 12)
  const endOfNodes: usize = load<u32>(scope, 16)
  const opened = out
  const end = skip(list) - ENTRY
  let item = list + ENTRY
  while (item < end) {
    memory.fill(registers, 0, registerBytes)
    store<u32>(registers, item)
    if (!find(nodes, endOfNodes, text) || !run(at + 32, sources)) return false
    item = skip(item)
  }
  if (!hasRoom(2)) return false
  close(opened, 0x5b, 0x5d)
  return true
}
