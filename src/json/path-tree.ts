import type { ImageBuilder } from './image.ts'

/** One place that paths lead to or through. */
export interface PathNode {
  readonly names: Map<string, PathNode>
  readonly items: Map<number, PathNode>
  /** The address of the register that holds its value while a program runs: an entry on a tape, 0 for nothing. */
  register: number
}

export type JsonPath = readonly (string | number)[]

export function createNode(): PathNode {
  return { names: new Map(), items: new Map(), register: 0 }
}

/** The node that a path leads to. */
export function descend(root: PathNode, path: JsonPath): PathNode {
  let node = root
  for (const segment of path) {
    node = typeof segment === 'string' ? child(node.names, segment) : child(node.items, segment)
  }
  return node
}

function child<Key>(children: Map<Key, PathNode>, key: Key): PathNode {
  const known = children.get(key)
  if (known) return known
  const made = createNode()
  children.set(key, made)
  return made
}

/** Gives every node of these trees a register, side by side and the first root's first. */
export function placeRegisters(roots: readonly PathNode[], image: ImageBuilder): { start: number; bytes: number } {
  const nodes = roots.flatMap(listNodes)
  const bytes = 4 * nodes.length
  const start = image.reserve(bytes)
  for (const [i, node] of nodes.entries()) node.register = start + 4 * i
  return { start, bytes }
}

/** A tree as the engine's `find` reads it, between two addresses: only nodes with something below, from the top. */
export interface PlacedTree {
  readonly nodes: number
  readonly end: number
}

/** Writes a tree whose registers are placed. */
export function placeTree(root: PathNode, image: ImageBuilder): PlacedTree {
  const inner = listNodes(root).filter(({ names, items }) => names.size + items.size > 0)
  const words = inner.flatMap(({ register, names, items }) => {
    const [table, shift] = names.size > 0 ? placeNames(names, image) : [0, 0]
    const indexes = [...items].sort(([a], [b]) => a - b).flatMap(([index, { register }]) => [index, register])
    return [register, table, shift, image.addWords(indexes), items.size, 0]
  })
  const nodes = image.addWords(words)
  return { nodes, end: nodes + 4 * words.length }
}

/** A tree's nodes, those above first. */
function listNodes(root: PathNode): PathNode[] {
  const nodes = [root]
  for (const { names, items } of nodes) nodes.push(...names.values(), ...items.values())
  return nodes
}

/** A hash table at most half full; gives its address and by how much a hash is shifted to be an index into it. */
function placeNames(names: ReadonlyMap<string, PathNode>, image: ImageBuilder): [table: number, shift: number] {
  const bits = Math.ceil(Math.log2(names.size)) + 1
  const table = new Array<number>(2 ** bits).fill(0)
  for (const [name, { register }] of names) {
    const bytes = encodeName(name)
    const at = hashName(bytes) >>> (32 - bits)
    table[at] = image.addWords([table[at]!, register, bytes.length, image.addBytes(bytes)])
  }
  return [image.addWords(table), 32 - bits]
}

/** The bytes of a name as they stand between quotes. A lone surrogate only comes as an escape: it is looked for in vain. */
function encodeName(name: string): Buffer {
  return name.isWellFormed() ? Buffer.from(name) : Buffer.of(0xff)
}

/** As `hash` of assembly/json/find.ts does it. */
function hashName(bytes: Buffer): number {
  const { length } = bytes
  const first =
    length < 4 ? (length === 0 ? 0 : bytes.readUIntLE(0, length) << (32 - 8 * length)) : bytes.readInt32LE(0)
  const last = length < 4 ? first : bytes.readInt32LE(length - 4)
  return Math.imul(first ^ ((last << 15) | (last >>> 17)) ^ length, 0x9e3779b1)
}
