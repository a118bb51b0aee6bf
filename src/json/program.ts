import { Assembler, isNothing } from './assembler.ts'
import { type Image, ImageBuilder } from './image.ts'
import { Label, type Source, Text, type Word } from './operations.ts'
import type { Part } from './part.ts'
import { type PlacedTree, placeRegisters, placeTree } from './path-tree.ts'

/** A value that a program takes from outside. */
export interface Slot {
  readonly slot: number
  /** The address of the word that tells where its text begins, and of the register for its first entry. */
  readonly source: number
  readonly register: number
  readonly tree: PlacedTree
  /** Whether something inside it is looked at, so that it needs a tape of its own. */
  readonly isOpened: boolean
}

/** A compiled answer. */
export interface Program {
  readonly image: Image
  readonly start: number
  /** A table of where the text of each slot and each list begins. */
  readonly sources: number
  readonly slots: readonly Slot[]
}

/** Compiles an answer. Undefined when it can give nothing at all. */
export function compileProgram(part: Part): Program | undefined {
  if (isNothing(part)) return undefined
  const { words, slots, scopes, cells, sourceCount } = new Assembler(part)
  const image = new ImageBuilder()
  const sources = image.reserve(4 * sourceCount)
  placeRegisters([...cells, ...[...slots.values()].map(({ root }) => root)], image)
  const scopeAddresses = new Map(scopes.map((scope) => [scope, placeScope(scope, image)]))
  const placedSlots = [...slots].map(([slot, { root, isOpened, index }]) => ({
    slot,
    source: sources + 4 * index,
    register: root.register,
    tree: placeTree(root, image),
    isOpened,
  }))
  const start = image.reserve(4 * words.length)
  const addressOf = (word: Exclude<Word, number>): number => {
    if (word instanceof Text) return image.addBytes(word.bytes)
    if (word instanceof Label) return start + 4 * word.at
    return 'register' in word ? word.register : scopeAddresses.get(word)!
  }
  const placedWords = words.map((word) => (typeof word === 'number' ? word : addressOf(word)))
  image.setWords(start, placedWords)
  return { image: image.build(), start, sources, slots: placedSlots }
}

/** Writes what the engine reads of a scope; gives its address. */
function placeScope({ index, root }: Source, image: ImageBuilder): number {
  const registers = placeRegisters([root], image)
  const tree = placeTree(root, image)
  return image.addWords([index, registers.start, registers.bytes, tree.nodes, tree.end])
}
