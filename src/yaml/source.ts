import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml'
import type { Location } from '../diagnostics/diagnostic.ts'

/** A file's name (as shown to people) and text. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

/** Where a value sits in a document: keys and indexes from the root. */
export type Path = readonly (string | number)[]

/** The syntax tree of a text. */
export interface SyntaxTree {
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

export function parseTree(text: string): SyntaxTree {
  const lines = new LineCounter()
  // uniqueKeys is quadratic in yaml 2 (20,000 keys take 5 s), so the reader looks for duplicates itself.
  const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false, merge: false }
  return { document: parseDocument(text, options), lines }
}

/** A parsed YAML file: its plain value, and where in the text every piece of it stands. */
export class Source {
  readonly path: string
  readonly text: string
  readonly value: unknown
  #tree: SyntaxTree | undefined

  constructor(file: SourceText, value: unknown, tree: SyntaxTree) {
    this.path = file.path
    this.text = file.text
    this.value = value
    this.#tree = tree
  }

  /** Lets go of the syntax tree, which is many times as large as the text. A place that is asked for later costs a parse. */
  forget(): void {
    this.#tree = undefined
  }

  get #parsed(): SyntaxTree {
    this.#tree ??= parseTree(this.text)
    return this.#tree
  }

  /** The plain value at a path; undefined where there is none. */
  valueAt(path: Path): unknown {
    let value: unknown = this.value
    for (const segment of path) value = (value as Record<string | number, unknown> | null | undefined)?.[segment]
    return value
  }

  /** The place of a value. A path that leads nowhere gives its nearest ancestor's. */
  locate(path: Path): Location {
    return this.#span(this.#find(path).node)
  }

  /** The place of the key that holds a value (of the value, in a list). */
  locateKey(path: Path): Location {
    const { pair, node, found } = this.#find(path)
    return this.#span(found && pair ? (pair.key as Node) : node)
  }

  /** The place of `length` characters at `offset` inside a string; the whole string where they cannot be mapped. */
  locateInside(path: Path, offset: number, length: number): Location {
    const { node, found } = this.#find(path)
    const start = found && isScalar(node) ? this.#offsetOf(node, offset) : undefined
    return start === undefined ? this.#span(node) : this.locateRange(start, start + length)
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
    const { document } = this.#parsed
    let node: Node | null = document.contents
    let pair: Pair | undefined
    for (const segment of path) {
      const parent: Node | null | undefined = isAlias(node) ? node.resolve(document) : node
      let next: Node | null | undefined
      let nextPair: Pair | undefined
      if (isMap(parent)) {
        nextPair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(segment))
        next = nextPair && ((nextPair.value ?? nextPair.key) as Node | null)
      } else if (isSeq(parent)) next = parent.items[Number(segment)] as Node | undefined
      if (!next) return { node, pair, found: false }
      node = next
      pair = nextPair
    }
    return { node, pair, found: true }
  }

  #span(node: Node | null): Location {
    const [start, end] = node?.range ?? [0, 1]
    return this.locateRange(start, Math.max(end, start + 1))
  }

  /** The place of a stretch of the text, by offsets. */
  locateRange(start: number, end: number): Location {
    const { lines } = this.#parsed
    const from = lines.linePos(start)
    const to = lines.linePos(end)
    return { file: this.path, line: from.line, column: from.col, endLine: to.line, endColumn: to.col }
  }
}
