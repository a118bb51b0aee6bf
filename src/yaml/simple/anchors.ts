import { EnvText } from '../../environment.ts'
import { type Cursor, notSimple } from './cursor.ts'

/** The full reader has a message for more. */
const maxAliases = 100
const maxRepeated = 10_000

/** The values that a text names to repeat them: `&price { … }`, and then `*price`. */
export class Anchors {
  /** Undefined while the value is read: one that holds itself has no end. */
  readonly #anchored = new Map<string, { readonly value: unknown; readonly aliases: number } | undefined>()
  /** Aliases met, those inside of what they repeat included. */
  #aliases = 0
  #repeated = 0

  /** Reads an anchor, if one stands here, and the value behind it. */
  read(cursor: Cursor, readValue: (isAnchored: boolean) => unknown): unknown {
    const name = takeName(cursor, '&')
    if (name === undefined) return readValue(false)
    cursor.skipSpaces()
    // Named once more inside: then the inner one holds from there on.
    if (this.#anchored.has(name) && this.#anchored.get(name) === undefined) throw notSimple
    this.#anchored.set(name, undefined)
    const before = this.#aliases
    const value = readValue(true)
    this.#anchored.set(name, { value, aliases: this.#aliases - before })
    return value
  }

  /** Reads an alias, and gives a copy of what it stands for. */
  resolve(cursor: Cursor): unknown {
    const name = takeName(cursor, '*')
    const found = name === undefined ? undefined : this.#anchored.get(name)
    if (!found) throw notSimple
    this.#aliases += 1 + found.aliases
    if (this.#aliases > maxAliases) throw notSimple
    return this.#copy(found.value)
  }

  #copy(value: unknown): unknown {
    this.#repeated += 1
    if (this.#repeated > maxRepeated) throw notSimple
    if (Array.isArray(value)) return value.map((item) => this.#copy(item))
    if (typeof value !== 'object' || value === null || value instanceof EnvText) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.#copy(member)]))
  }
}

function takeName(cursor: Cursor, sign: '&' | '*'): string | undefined {
  if (cursor.text[cursor.at] !== sign) return undefined
  const name = /^.([A-Za-z][\w-]*)(?=[ ,\]}]|$)/.exec(cursor.restOfLine())?.[1]
  if (name === undefined) throw notSimple
  cursor.at += 1 + name.length
  return name
}
