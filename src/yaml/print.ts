import { Document, isMap, isScalar, parseDocument, stringify } from 'yaml'
import type { Path } from './source.ts'

/** A comment above the value at `path`. */
export interface Remark {
  readonly path: Path
  readonly text: string
}

export interface YamlLayout {
  /** Comment lines at the top of the file, without `#`. */
  readonly header?: readonly string[]
  readonly remarks?: readonly Remark[]
  /** Keys whose members stand on lines of their own, however short. */
  readonly blocks?: ReadonlySet<string>
  /** Keys of the first level with an empty line above. */
  readonly spaced?: ReadonlySet<string>
  /** Keys like 404 are quoted: YAML readers elsewhere take them for numbers. */
  readonly quotesNumbers?: boolean
}

const widestLine = 100

/** Prints plain data as people write it here: what is short stands on one line, the rest below its key. */
export function printYaml(value: unknown, layout: YamlLayout = {}): string {
  const header = (layout.header ?? []).map(printComment)
  return [...header, ...new Printer(layout).block(value, 0, []), ''].join('\n')
}

/** Adds members to the block mapping at a first-level key of a YAML text, whose every other character stays as it is. */
export function addMembers(text: string, key: string, members: Readonly<Record<string, unknown>>): string {
  const owner = parseDocument(text, { uniqueKeys: false }).get(key)
  const [first] = isMap(owner) && !owner.flow ? owner.items : []
  const start = isScalar(first?.key) ? first.key.range?.[0] : undefined
  const end = isMap(owner) ? owner.range?.[1] : undefined
  const indent = start === undefined ? 2 : start - text.lastIndexOf('\n', start - 1) - 1
  const lines = new Printer({}).block(members, indent, [])
  if (start !== undefined && end !== undefined) {
    const after = text.indexOf('\n', text.slice(0, end).trimEnd().length)
    const at = after < 0 ? text.length : after
    return `${text.slice(0, at)}\n${lines.join('\n')}${text.slice(at) || '\n'}`
  }
  // There is no such mapping yet, or one in braces.
  const document = parseDocument(text, { uniqueKeys: false })
  if (!isMap(owner)) document.set(key, document.createNode({}))
  for (const [name, value] of Object.entries(members))
    document.setIn([key, name], document.createNode(value, { flow: true }))
  return document.toString({ lineWidth: 0, singleQuote: true })
}

type Members = readonly (readonly [name: string, value: unknown])[]

class Printer {
  readonly #blocks: ReadonlySet<string>
  readonly #spaced: ReadonlySet<string>
  readonly #remarks: ReadonlyMap<string, string>
  readonly #quotesNumbers: boolean

  constructor({ blocks = new Set(), spaced = new Set(), remarks = [], quotesNumbers = false }: YamlLayout) {
    this.#quotesNumbers = quotesNumbers
    this.#blocks = blocks
    this.#spaced = spaced
    this.#remarks = new Map(remarks.map(({ path, text }) => [path.join('\n'), text]))
  }

  /** The lines of a value that stands below its key. */
  block(value: unknown, indent: number, path: Path): string[] {
    const margin = ' '.repeat(indent)
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => [
        ...this.#remark([...path, index], margin),
        ...this.#item(item, indent, [...path, index]),
      ])
    }
    return membersOf(value).flatMap(([name, member]) => {
      const here = [...path, name]
      const space = path.length === 0 && this.#spaced.has(name) ? [''] : []
      return [...space, ...this.#remark(here, margin), ...this.#member(name, member, indent, here)]
    })
  }

  #member(name: string, value: unknown, indent: number, path: Path): string[] {
    const key = `${' '.repeat(indent)}${this.#key(name)}:`
    const line = this.#line(value, key.length + 1, name)
    return line === undefined ? [key, ...this.block(value, indent + 2, path)] : [`${key} ${line}`]
  }

  #item(value: unknown, indent: number, path: Path): string[] {
    const margin = ' '.repeat(indent)
    const members = isMapping(value) ? membersOf(value) : []
    // `- invoke: x` rather than `- { invoke: x }`.
    const line = members.length === 1 ? undefined : this.#line(value, indent + 2)
    if (line !== undefined) return [`${margin}- ${line}`]
    const [first = '', ...rest] = this.block(value, indent + 2, path)
    return [`${margin}- ${first.trimStart()}`, ...rest]
  }

  /** The value on one line; undefined when it has to stand on several. */
  #line(value: unknown, column: number, name?: string): string | undefined {
    const isEmpty = !isNested(value) || Object.keys(value).length === 0
    if (!isEmpty && ((name !== undefined && this.#blocks.has(name)) || this.#holdsBlock(value))) return undefined
    const text = isEmpty && !isNested(value) ? printScalar(value) : this.#inline(value)
    return isEmpty || column + text.length <= widestLine ? text : undefined
  }

  #inline(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((item) => this.#inline(item)).join(', ')}]`
    if (!isMapping(value)) return printScalar(value, true)
    const members = membersOf(value).map(([name, member]) => `${this.#key(name)}: ${this.#inline(member)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }

  #key(name: string): string {
    // Without quotes it merges.
    if (name === '<<') return "'<<'"
    return /^[1-9]\d*$/.test(name) && !this.#quotesNumbers ? name : printScalar(name, true)
  }

  #holdsBlock(value: unknown): boolean {
    if (Array.isArray(value)) return value.some((item) => this.#holdsBlock(item))
    return membersOf(value).some(
      ([name, member]) => (this.#blocks.has(name) && isNested(member)) || this.#holdsBlock(member),
    )
  }

  #remark(path: Path, margin: string): string[] {
    const text = this.#remarks.get(path.join('\n'))
    return text === undefined ? [] : text.split('\n').map((line) => margin + printComment(line))
  }
}

/** A comment ends where its line does. */
function printComment(line: string): string {
  return `# ${line.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`.trimEnd()
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isMapping(value: unknown): value is object {
  return isNested(value) && !Array.isArray(value)
}

function membersOf(value: unknown): Members {
  return isMapping(value) ? Object.entries(value).filter(([, member]) => member !== undefined) : []
}

/** What cannot be seen, or not where it stands. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]|^\s|\s$/u

/** Inside brackets and as a key more has to be quoted; what would take several lines always is. */
function printScalar(value: unknown, isInside = false): string {
  if (typeof value === 'string') {
    if (/^[A-Za-z][\w./-]*\??$/.test(value) && !/^(true|false|null)$/i.test(value)) return value
    // As a key it would be merged.
    if (unseen.test(value) || value === '<<') return quote(value)
  }
  const text = isInside ? printInBrackets(value) : stringify(value, { lineWidth: 0, singleQuote: true }).trimEnd()
  return text.includes('\n') ? quote(value) : text
}

function quote(value: unknown): string {
  return stringify(value, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE' }).trimEnd()
}

function printInBrackets(value: unknown): string {
  const document = new Document([value], { aliasDuplicateObjects: false })
  ;(document.contents as unknown as { flow: boolean }).flow = true
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false }).trimEnd().slice(1, -1)
}
