import type { Document, Node, Pair } from 'yaml'
import { loadYaml } from './library.ts'
import { nameOfKey } from './name-of-key.ts'
import type { Path } from './text.ts'
import { parseTree } from './tree.ts'

/** A stretch of a text, by offsets in UTF-16 units; the end is exclusive. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** A key or a scalar that stands at a place of a text. */
export interface Word extends Stretch {
  /** Where it sits; of a key the path of its value. */
  readonly path: Path
  readonly part: 'key' | 'value'
  /** As the file has it, quotes included. */
  readonly text: string
}

/** A member of a mapping or an element of a list, and where it stands. */
export interface Member {
  readonly name: string | number
  /** Of an element of a list: of the element. */
  readonly key: Stretch
  /** Of the key and its value. */
  readonly whole: Stretch
}

/**
 * The syntax of a text that somebody is writing: right, or broken in any way. What can be told of it is told, nothing is
 * reported. For the loader there is `Source`.
 */
export class Syntax {
  readonly text: string
  readonly #document: Document.Parsed
  readonly #yaml = loadYaml()
  /** How deep aliases lead into each other is not bounded by the text. */
  #aliases = 0

  constructor(text: string) {
    this.text = text
    this.#document = parseTree(text).document
  }

  /** The plain value of the text, as far as there is one. An alias is read as null: it may stand for itself. */
  get value(): unknown {
    return this.#plain(this.#document.contents)
  }

  /** The key or scalar that an offset lies in or right behind. */
  wordAt(offset: number): Word | undefined {
    return this.#wordIn(this.#document.contents, offset, [])
  }

  /** Where a value stands, or its key. */
  find(path: Path, part: 'key' | 'value'): Stretch | undefined {
    let node: Node | null | undefined = this.#document.contents
    let key: Node | null | undefined = node
    for (const segment of path) {
      const pair: Named | undefined = this.#pairsOf(node).find(([name]) => name === segment)
      if (!pair) return undefined
      key = pair[1]
      node = pair[2]
    }
    return stretchOf(part === 'key' ? (key ?? node) : (node ?? key))
  }

  /** The members of the mapping or list at a path, in the order of the text. */
  membersAt(path: Path): Member[] {
    let node: Node | null | undefined = this.#document.contents
    for (const segment of path) node = this.#pairsOf(node).find(([name]) => name === segment)?.[2]
    return this.#pairsOf(node).flatMap(([name, key, value]) => {
      const own = stretchOf(key ?? value)
      return own ? { name, key: own, whole: { start: own.start, end: stretchOf(value)?.end ?? own.end } } : []
    })
  }

  #pairsOf(node: Node | null | undefined): Named[] {
    const { isAlias, isMap, isScalar, isSeq } = this.#yaml
    if (isAlias(node)) {
      this.#aliases += 1
      return this.#aliases > mostAliases ? [] : this.#pairsOf(node.resolve(this.#document) as Node | null | undefined)
    }
    if (isSeq(node)) return node.items.map((item, index) => [index, null, item as Node | null])
    if (!isMap(node)) return []
    return (node.items as Pair<Node | null, Node | null>[]).flatMap(({ key, value }) =>
      isScalar(key) ? [[nameOfKey(key), key, value]] : [],
    )
  }

  #wordIn(node: Node | null, offset: number, path: Path): Word | undefined {
    const { isAlias, isScalar } = this.#yaml
    const here = stretchOf(node)
    if (node && isScalar(node) && here && holds(here, offset)) return this.#word(here, path, 'value')
    if (isAlias(node)) return undefined
    for (const [name, key, value] of this.#pairsOf(node)) {
      const inside = [...path, name]
      const own = stretchOf(key)
      if (own && holds(own, offset)) return this.#word(own, inside, 'key')
      const found = this.#wordIn(value, offset, inside)
      if (found) return found
    }
    return undefined
  }

  #word({ start, end }: Stretch, path: Path, part: Word['part']): Word {
    return { start, end, path, part, text: this.text.slice(start, end) }
  }

  #plain(node: Node | null): unknown {
    const { isMap, isScalar, isSeq } = this.#yaml
    if (isScalar(node)) return node.value
    if (isSeq(node)) return node.items.map((item) => this.#plain(item as Node | null))
    if (!isMap(node)) return null
    return Object.fromEntries(this.#pairsOf(node).map(([name, , value]) => [name, this.#plain(value)]))
  }
}

const mostAliases = 1000

/** What a mapping or a list holds, with the node of its name where it has one. */
type Named = [name: string | number, key: Node | null, value: Node | null]

function stretchOf(node: Node | null | undefined): Stretch | undefined {
  return node?.range ? { start: node.range[0], end: node.range[1] } : undefined
}

function holds({ start, end }: Stretch, offset: number): boolean {
  return start <= offset && offset <= end
}
