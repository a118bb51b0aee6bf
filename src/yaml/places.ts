import type { Node, Pair, Scalar, YAMLMap } from 'yaml'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Work } from '../work.ts'
import { loadYaml } from './library.ts'
import { isMergeKey, mergedNodes } from './merge-key.ts'
import { nameOfKey } from './name-of-key.ts'
import type { Path, SourceText } from './text.ts'
import { parseTree, parseTreeInSteps, type SyntaxTree } from './tree.ts'

/** Finds in the text of a file what its values' paths speak of. */
export class Places {
  readonly path: string
  readonly text: string
  #tree: SyntaxTree | undefined
  /** The members of mappings that somebody asked for, by their keys: a fault a key must not search all keys. */
  #members = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

  constructor({ path, text }: SourceText, tree?: SyntaxTree) {
    this.path = path
    this.text = text
    this.#tree = tree
  }

  /** Lets go of the syntax tree, which is many times as large as the text. A place that is asked for later costs a parse. */
  forget(): void {
    this.#tree = undefined
  }

  /** Makes the syntax tree, in steps, unless it is there: what is asked for next is then found at once. */
  *prepare(): Work<void> {
    this.#tree ??= yield* parseTreeInSteps(this.text)
  }

  get #parsed(): SyntaxTree {
    this.#tree ??= parseTree(this.text)
    return this.#tree
  }

  /** The place of a value. A path that leads nowhere gives its nearest ancestor's. */
  findValue(path: Path): Location {
    return this.#span(this.#find(path).node)
  }

  /** The place of the key that holds a value (of the value, in a list). */
  findKey(path: Path): Location {
    const { pair, node, found } = this.#find(path)
    return this.#span(found && pair ? (pair.key as Node) : node)
  }

  /** The place of `length` characters at `offset` inside a string; the whole string where they cannot be mapped. */
  findInside(path: Path, offset: number, length: number): Location {
    const { node, found } = this.#find(path)
    const start = found && loadYaml().isScalar(node) ? this.#offsetOf(node, offset) : undefined
    return start === undefined ? this.#span(node) : this.findRange(start, start + length)
  }

  /** Where in the text a character of a string stands; undefined where escapes or folding stand between them. */
  #offsetOf({ range, type, value }: Scalar, offset: number): number | undefined {
    if (!range || typeof value !== 'string') return undefined
    const [start, end] = range
    if (type === 'BLOCK_LITERAL') return this.#offsetInBlock(value, offset, start, end)
    const quote = type === 'PLAIN' ? 0 : 1
    if (type !== 'PLAIN' && !type?.startsWith('QUOTE')) return undefined
    return this.text.slice(start + quote, end - quote) === value ? start + quote + offset : undefined
  }

  /** The lines of a literal block stand in the text as they are, behind its `|` and each behind its indentation. */
  #offsetInBlock(value: string, offset: number, start: number, end: number): number | undefined {
    const before = value.slice(0, offset).split('\n')
    const wanted = value.split('\n')[before.length - 1]!
    let lineStart = start
    for (let count = 0; count < before.length; count += 1) {
      const lineEnd = this.text.indexOf('\n', lineStart)
      if (lineEnd < 0 || lineEnd >= end) return undefined
      lineStart = lineEnd + 1
    }
    const next = this.text.indexOf('\n', lineStart)
    const line = this.text.slice(lineStart, next < 0 ? undefined : next).replace(/\r$/, '')
    return line.endsWith(wanted) ? lineStart + line.length - wanted.length + before.at(-1)!.length : undefined
  }

  #find(path: Path): { node: Node | null; pair: Pair | undefined; found: boolean } {
    const { isAlias, isMap, isSeq } = loadYaml()
    const { document } = this.#parsed
    let node: Node | null = document.contents
    let pair: Pair | undefined
    for (const segment of path) {
      const parent: Node | null | undefined = isAlias(node) ? node.resolve(document) : node
      let next: Node | null | undefined
      let nextPair: Pair | undefined
      if (isMap(parent)) {
        nextPair = this.#membersOf(parent).get(String(segment))
        next = nextPair && ((nextPair.value ?? nextPair.key) as Node | null)
      } else if (isSeq(parent)) next = parent.items[Number(segment)] as Node | undefined
      if (!next) return { node, pair, found: false }
      node = next
      pair = nextPair
    }
    return { node, pair, found: true }
  }

  #membersOf(mapping: YAMLMap): ReadonlyMap<string, Pair> {
    const known = this.#members.get(mapping)
    if (known) return known
    const { isAlias, isMap, isScalar, isSeq } = loadYaml()
    const { document } = this.#parsed
    const members = new Map<string, Pair>()
    this.#members.set(mapping, members)
    for (const pair of mapping.items) {
      const name = isScalar(pair.key) ? nameOfKey(pair.key) : undefined
      if (name !== undefined && !members.has(name)) members.set(name, pair)
    }
    const merge = mapping.items.find(({ key }) => isMergeKey(key))
    for (const node of merge ? mergedNodes(merge.value as Node | null, isSeq) : []) {
      const merged = isAlias(node) ? node.resolve(document) : node
      if (!isMap(merged)) continue
      for (const [name, pair] of this.#membersOf(merged)) if (!members.has(name)) members.set(name, pair)
    }
    return members
  }

  #span(node: Node | null): Location {
    const [start, end] = node?.range ?? [0, 1]
    return this.findRange(start, Math.max(end, start + 1))
  }

  /** The place of a stretch of the text, by offsets. */
  findRange(start: number, end: number): Location {
    const { lines } = this.#parsed
    const from = lines.linePos(start)
    const to = lines.linePos(end)
    return { file: this.path, line: from.line, column: from.col, endLine: to.line, endColumn: to.col }
  }
}
