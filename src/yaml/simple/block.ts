import type { Cursor } from './cursor.ts'
import { notSimple } from './cursor.ts'
import { readFlow } from './flow.ts'
import { setMember } from './members.ts'
import type { Reading } from './reading.ts'
import { readPlain, readPlainKey, readQuoted } from './scalar.ts'

const maxDepth = 100

/** Reads lists and mappings by their indentation. */
export class BlockReader {
  readonly #reading: Reading
  readonly #cursor: Cursor
  #depth = 0

  constructor(reading: Reading) {
    this.#reading = reading
    this.#cursor = reading.cursor
  }

  /** Reads the list or mapping whose entries begin in column `indent`, where the cursor stands. */
  read(indent: number): unknown {
    this.#depth += 1
    if (this.#depth > maxDepth) throw notSimple
    const value = this.#isItem() ? this.#list(indent) : this.#mapping(indent)
    this.#depth -= 1
    if (this.#cursor.indent >= indent) throw notSimple
    return value
  }

  #isItem(): boolean {
    return this.#cursor.text[this.#cursor.at] === '-' && this.#cursor.isBlank(this.#cursor.at + 1)
  }

  #list(indent: number): unknown[] {
    const cursor = this.#cursor
    const items: unknown[] = []
    do {
      const dash = cursor.at
      cursor.at += 1
      cursor.skipSpaces()
      items.push(this.#item(indent, indent + cursor.at - dash))
    } while (cursor.indent === indent && this.#isItem())
    return items
  }

  /** What stands behind a dash: an inner list or mapping that begins in column `inner`, or a value. */
  #item(indent: number, inner: number): unknown {
    const cursor = this.#cursor
    const start = cursor.at
    const isInner = this.#isItem() || (!cursor.isLineDone() && this.#key() !== undefined)
    cursor.at = start
    return isInner ? this.read(inner) : this.#value(indent, false)
  }

  #mapping(indent: number): Record<string, unknown> {
    const cursor = this.#cursor
    const members: Record<string, unknown> = {}
    do {
      const key = this.#key()
      if (key === undefined) throw notSimple
      cursor.skipSpaces()
      setMember(members, key, this.#value(indent, true))
    } while (cursor.indent === indent && !this.#isItem())
    return members
  }

  /** Reads a key and its colon; undefined when there is none, and the cursor is then anywhere in the line. */
  #key(): string | undefined {
    const cursor = this.#cursor
    const character = cursor.text[cursor.at]
    if (character !== '"' && character !== "'") return readPlainKey(cursor)
    const key = readQuoted(cursor)
    cursor.skipSpaces()
    if (cursor.text[cursor.at] !== ':' || !cursor.isBlank(cursor.at + 1)) return undefined
    cursor.at += 1
    return key
  }

  /** What stands in the lines below, deeper than `indent`; the list of a mapping's key may stand as deep. */
  #below(indent: number, isMember: boolean): unknown {
    const cursor = this.#cursor
    cursor.nextLine()
    if (cursor.indent > indent) return this.read(cursor.indent)
    return isMember && cursor.indent === indent && this.#isItem() ? this.#list(indent) : null
  }

  /** The value of an item or a member: in the rest of the line, else below. */
  #value(indent: number, isMember: boolean): unknown {
    return this.#reading.anchors.read(this.#cursor, (isAnchored) => {
      if (this.#cursor.isLineDone()) return this.#below(indent, isMember && !isAnchored)
      return this.#inLine(indent, isAnchored)
    })
  }

  /** What stands in the rest of the line; a flow collection may go on in deeper ones. */
  #inLine(indent: number, isAnchored: boolean): unknown {
    const cursor = this.#cursor
    const { anchors, readScalar } = this.#reading
    const character = cursor.text[cursor.at]
    let value: unknown
    if (character === '[' || character === '{') value = readFlow(this.#reading, indent)
    else if (character === '"' || character === "'") value = readScalar(readQuoted(cursor), false)
    else if (character === '*' && !isAnchored) value = anchors.resolve(cursor)
    else value = readScalar(readPlain(cursor), true)
    if (!cursor.isLineDone()) throw notSimple
    cursor.nextLine()
    // A scalar that goes on in the next line.
    if (cursor.indent > indent) throw notSimple
    return value
  }
}
