import { type Image, ImageBuilder } from './image.ts'
import type { ItemPart, Part, SlotPart, TextSource } from './part.ts'
import { createNode, descend, type PathNode, type PlacedTree, placeRegisters, placeTree } from './path-tree.ts'

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

/** The operations, as assembly/json/write.ts runs them. */
const operations = { end: 0, bytes: 1, open: 2, close: 3, value: 4, text: 5, each: 6 }

/** What is done where a value is absent. */
const absences = { skip: 0, null: 1, fail: 2 }

/** Values that share one text and one tree of paths: a slot's, or those of the elements of a list. */
interface Source {
  readonly index: number
  readonly root: PathNode
  /** Whether something inside its values is looked at. */
  isOpened: boolean
}

/** A word of the program; what is not a number gets its address once all is placed. */
type Word = number | PathNode | Text | Source | Label

class Text {
  readonly bytes: Buffer
  constructor(text: string) {
    this.bytes = Buffer.from(text)
  }
}

class Label {
  at = 0
}

/** Compiles an answer. Undefined when it can give nothing at all. */
export function compileProgram(part: Part): Program | undefined {
  const compiler = new ProgramCompiler()
  return compiler.compile(part)
}

class ProgramCompiler {
  readonly #words: Word[] = []
  readonly #slots = new Map<number, Source>()
  readonly #scopes: Source[] = []
  readonly #cells: PathNode[] = []
  /** Bytes that are written in any case before the next operation. */
  #pending = ''
  #depth = 0
  #sources = 0

  compile(part: Part): Program | undefined {
    if (isNothing(part)) return undefined
    this.#part(part, '', absences.fail, undefined)
    this.#end()
    return this.#place()
  }

  /** Writes the bytes of `before` and a value, or what its absence asks for. */
  #part(part: Part, before: string, absence: number, scope: Source | undefined): void {
    switch (part.kind) {
      case 'literal':
        this.#pending += before + JSON.stringify(part.value)
        return
      case 'slot':
      case 'item': {
        const { source, node } = this.#find(part, scope)
        this.#words.push(operations.value, ...this.#before(before, absence), node, source.index, absence)
        return
      }
      case 'object':
        this.#pending += before
        this.#enclosed('{', '}', () => {
          for (const [name, value] of part.members) {
            if (!isNothing(value)) this.#part(value, `,${JSON.stringify(name)}:`, absences.skip, scope)
          }
        })
        return
      case 'array':
        this.#pending += before
        this.#enclosed('[', ']', () => {
          for (const item of part.items) this.#part(orNull(item), ',', absences.null, scope)
        })
        return
      case 'each':
        this.#each(part, before, absence, scope)
        return
      case 'text':
        this.#pending += `${before}"`
        for (const piece of part.parts) {
          if (typeof piece === 'string') this.#pending += JSON.stringify(piece).slice(1, -1)
          else this.#textSource(piece, scope)
        }
        this.#pending += '"'
    }
  }

  #enclosed(opening: string, closing: string, writeMembers: () => void): void {
    this.#flush()
    this.#cells[this.#depth] ??= createNode()
    const cell = this.#cells[this.#depth++]!
    this.#words.push(operations.open, cell)
    writeMembers()
    this.#flush()
    this.#words.push(operations.close, cell, opening.charCodeAt(0), closing.charCodeAt(0))
    this.#depth--
  }

  #each({ list, map }: Part & { kind: 'each' }, before: string, absence: number, outer: Source | undefined): void {
    const { source, node } = this.#find(list, outer)
    source.isOpened = true
    const scope = this.#source()
    this.#scopes.push(scope)
    const behind = new Label()
    this.#words.push(operations.each, ...this.#before(before, absence), node, source.index, absence, scope, behind)
    this.#part(orNull(map), ',', absences.null, scope)
    this.#end()
    behind.at = this.#words.length
  }

  #textSource(part: TextSource, scope: Source | undefined): void {
    this.#flush()
    const { source, node } = this.#find(part, scope)
    this.#words.push(operations.text, node, source.index, part.required ? 1 : 0)
  }

  #find(part: SlotPart | ItemPart, scope: Source | undefined): { source: Source; node: PathNode } {
    const source = part.kind === 'slot' ? this.#slot(part.slot) : scope
    if (!source) throw new Error('an item stands outside of every each')
    if (part.path.length > 0) source.isOpened = true
    return { source, node: descend(source.root, part.path) }
  }

  #slot(slot: number): Source {
    const known = this.#slots.get(slot)
    if (known) return known
    const made = this.#source()
    this.#slots.set(slot, made)
    return made
  }

  #source(): Source {
    return { index: this.#sources++, root: createNode(), isOpened: false }
  }

  /** The operands for bytes before a value: what is pending comes with them where they are written in any case. */
  #before(before: string, absence: number): [Text, number] {
    if (absence === absences.skip) this.#flush()
    const text = new Text(this.#pending + before)
    this.#pending = ''
    return [text, text.bytes.length]
  }

  #flush(): void {
    if (this.#pending === '') return
    const text = new Text(this.#pending)
    this.#words.push(operations.bytes, text, text.bytes.length)
    this.#pending = ''
  }

  #end(): void {
    this.#flush()
    this.#words.push(operations.end)
  }

  #place(): Program {
    const image = new ImageBuilder()
    const sources = image.reserve(4 * this.#sources)
    placeRegisters(this.#cells, image)
    placeRegisters(
      [...this.#slots.values()].map(({ root }) => root),
      image,
    )
    const scopes = new Map(this.#scopes.map((scope) => [scope, placeScope(scope, image)]))
    const slots = [...this.#slots].map(([slot, { root, isOpened, index }]) => ({
      slot,
      source: sources + 4 * index,
      register: root.register,
      tree: placeTree(root, image),
      isOpened,
    }))
    const texts = new Map<Text, number>()
    for (const word of this.#words) if (word instanceof Text) texts.set(word, image.addBytes(word.bytes))
    const start = image.reserve(4 * this.#words.length)
    const addressOf = (word: Exclude<Word, number>): number => {
      if (word instanceof Text) return texts.get(word)!
      if (word instanceof Label) return start + 4 * word.at
      return 'register' in word ? word.register : scopes.get(word)!
    }
    image.setWords(
      start,
      this.#words.map((word) => (typeof word === 'number' ? word : addressOf(word))),
    )
    return { image: image.build(), start, sources, slots }
  }
}

/** Writes what the engine reads of a scope; gives its address. */
function placeScope({ index, root }: Source, image: ImageBuilder): number {
  const registers = placeRegisters([root], image)
  const tree = placeTree(root, image)
  return image.addWords([index, registers.start, registers.bytes, tree.nodes, tree.end])
}

/** A literal that is no JSON: it is left out as what is absent is. */
function isNothing(part: Part): boolean {
  return part.kind === 'literal' && JSON.stringify(part.value) === undefined
}

function orNull(part: Part): Part {
  return isNothing(part) ? { kind: 'literal', value: null } : part
}
