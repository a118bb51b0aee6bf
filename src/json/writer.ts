import { printJson } from '../json-text.ts'
import { type Engine, padding, useEngine } from './engine.ts'
import { align } from './image.ts'
import { containerFlag } from './indexed-json.ts'
import type { Part } from './part.ts'
import { compileProgram, type Slot } from './program.ts'
import type { JsonSlice } from './slice.ts'
import { sliceOf } from './slice.ts'

/** The largest answer. */
const mostBytes = 64 * 1024 * 1024

/** Gives the bytes of an answer made of these values: a copy, small ones in a chunk of memory that Node's buffers share. */
export type Writer = (slots: readonly unknown[], atMost?: number) => Buffer | undefined

/**
 * Compiles an answer to the bytes of its JSON. A slot is or stands for a slice, whose bytes go into the answer as they came,
 * undefined where there is nothing, or any other JSON value.
 *
 * Undefined where the answer must be made from parsed values: when it is nothing at all; a list is none; inside text
 * stands a container, or nothing where something is required; a key has an escape where a name had to be found; it is
 * over `atMost` bytes or 64 MiB, or memory does not suffice; there is no WebAssembly.
 */
export function compileWriter(part: Part): Writer {
  const program = compileProgram(part)
  if (!program) return () => undefined
  const { image, start, sources, slots } = program

  return (values, atMost = mostBytes) => {
    const engine = useEngine()
    if (!engine?.reserve(image.end)) return undefined
    engine.load(image)
    let next = image.end
    for (const slot of slots) {
      const value = values[slot.slot]
      if (value === undefined) continue
      const slice = sliceOf(value)
      next = slice ? placeSlice(engine, slot, slice, next) : placeValue(engine, slot, value, next)
      if (next === 0) return undefined
    }
    const length = engine.write(start, sources, next, Math.min(atMost, mostBytes))
    if (length < 0) return undefined
    const answer = Buffer.allocUnsafe(length)
    engine.bytes.copy(answer, 0, next, next + length)
    return answer
  }
}

/** Copies a value's text and its part of the tape; gives the address behind, 0 when the answer cannot be written. */
function placeSlice(engine: Engine, slot: Slot, slice: JsonSlice, at: number): number {
  const { start, end, entries } = slice
  const tape = align(at + end - start + padding)
  const behind = tape + 8 * entries
  if (!engine.reserve(behind)) return 0
  slice.json.bytes.copy(engine.bytes, at, start, end)
  engine.words.set(slice.json.tape.subarray(2 * slice.at, 2 * (slice.at + entries)), tape / 4)
  return open(engine, slot, at - start, tape) ? behind : 0
}

/** Prints a value that is no slice, and indexes it where something inside it is looked at. */
function placeValue(engine: Engine, slot: Slot, value: unknown, at: number): number {
  const text = printJson(value) as string | undefined
  if (text === undefined) return at
  if (!engine.reserve(at + 3 * text.length + padding + 32)) return 0
  const length = engine.bytes.write(text, at)
  const tape = align(at + length + padding)
  const behind =
    tape + 8 * (slot.isOpened ? engine.index(at, length, tape, 0xffff_ffff) : noteWhole(engine, tape, text, length))
  return behind > tape && open(engine, slot, at, tape) ? behind : 0
}

/** The tape of a value that is only used as a whole. */
function noteWhole(engine: Engine, tape: number, text: string, length: number): number {
  const isContainer = text.startsWith('{') || text.startsWith('[')
  engine.words.set(isContainer ? [0, containerFlag + 2, length, 0] : [0, length], tape / 4)
  return 2
}

/** Finds in a value what the answer takes from it. */
function open(engine: Engine, { source, register, tree }: Slot, text: number, tape: number): boolean {
  engine.words[source / 4] = text
  engine.words[register / 4] = tape
  return engine.find(tree.nodes, tree.end, text)
}
