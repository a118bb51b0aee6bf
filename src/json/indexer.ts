import { isUtf8 } from 'node:buffer'
import { type Engine, padding, useEngine } from './engine.ts'
import { align, ImageBuilder, imageStart } from './image.ts'
import { createNode, descend, type JsonPath, placeRegisters, placeTree } from './path-tree.ts'
import { JsonSlice } from './slice.ts'
import { keepTape } from './tapes.ts'

/** Larger bodies are left to JSON.parse. */
const mostBytes = 16 * 1024 * 1024

/** Gives what stands at each path of a body, undefined where nothing does. */
export type Indexer = (bytes: Uint8Array) => readonly (JsonSlice | undefined)[] | undefined

/**
 * Compiles what is looked for in JSON bodies: paths of names and indexes from 0, `[]` for the whole. The slices refer
 * to the bytes, which must not change any more. Undefined for a body that the engine does not vouch for (not JSON or
 * not UTF-8, a byte order mark, nested over `maxDepth` levels, over 16 MiB, a whole number of over 400 digits, a key with
 * an escape where a name had to be found): parsing then tells what it is.
 */
export function compileIndexer(paths: readonly JsonPath[], maxDepth: number): Indexer {
  const root = createNode()
  const found = paths.map((path) => descend(root, path))
  const builder = new ImageBuilder()
  placeRegisters([root], builder)
  const tree = placeTree(root, builder)
  const image = builder.build()
  const registers = found.map(({ register }) => register / 4)
  const rootRegister = root.register / 4
  const text = image.end

  return (bytes) => {
    const indexed = index(bytes, text, maxDepth)
    if (!indexed) return undefined
    const { engine, tape, entries } = indexed
    engine.load(image)
    engine.words[rootRegister] = tape
    if (!engine.find(tree.nodes, tree.end, text)) return undefined
    const { words } = engine
    const { json, at } = keepTape(bytes, words, tape / 4, 2 * entries, engine.hasRareNumbers)
    const slices: (JsonSlice | undefined)[] = []
    for (const register of registers) {
      const entry = words[register]!
      slices.push(entry === 0 ? undefined : new JsonSlice(json, at + (entry - tape) / 8))
    }
    return slices
  }
}

/**
 * What JSON stands for that nobody looks into as bytes: a slice where it has numbers that take the tape to keep their
 * value, `plain` where JSON.parse gives them all. Undefined as for an indexer.
 */
export function checkJson(bytes: Uint8Array, maxDepth: number): JsonSlice | 'plain' | undefined {
  const indexed = index(bytes, imageStart, maxDepth)
  if (!indexed) return undefined
  const { engine, tape, entries } = indexed
  if (!engine.hasRareNumbers) return 'plain'
  const { json, at } = keepTape(bytes, engine.words, tape / 4, 2 * entries, true)
  return new JsonSlice(json, at)
}

/** Indexes bytes in the engine's memory, their text at this address. */
function index(
  bytes: Uint8Array,
  text: number,
  maxDepth: number,
): { engine: Engine; tape: number; entries: number } | undefined {
  const { length } = bytes
  if (length > mostBytes || !isUtf8(bytes)) return undefined
  const engine = useEngine()
  const tape = align(text + length + padding)
  if (!engine?.reserve(tape)) return undefined
  engine.bytes.set(bytes, text)
  const entries = engine.index(text, length, tape, maxDepth)
  return entries === 0 ? undefined : { engine, tape, entries }
}
