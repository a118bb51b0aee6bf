import { type JsonNumber, readNumber } from '../numbers.ts'
import { containerFlag, type IndexedJson } from './indexed-json.ts'

/** A number that JSON.parse gave another value or would print another way, and its entry on the tape. */
interface RareNumber {
  readonly at: number
  readonly number: JsonNumber
}

/**
 * Puts the numbers that JavaScript does not hold into what JSON.parse made of so many entries of a tape. Only objects and
 * lists that have some are walked.
 */
export function restoreNumbers(value: unknown, json: IndexedJson, at: number, entries: number): unknown {
  const rare = findRareNumbers(json, at, at + entries)
  if (rare.length === 0) return value
  if (rare[0]!.at === at) return rare[0]!.number
  new Restorer(json, rare).restore(value as object, at)
  return value
}

function findRareNumbers({ bytes, tape }: IndexedJson, from: number, to: number): RareNumber[] {
  const found: RareNumber[] = []
  for (let at = from; at < to; at++) {
    const start = tape[2 * at]!
    const length = tape[2 * at + 1]!
    // What is left are scalars and keys, and a key stands behind a quote.
    if (length === 0 || length >= containerFlag || !isNumeric(bytes[start]!) || bytes[start - 1] === 0x22) continue
    const number = readNumber(bytes.toString('latin1', start, start + length))
    if (typeof number !== 'number') found.push({ at, number })
  }
  return found
}

function isNumeric(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
}

class Restorer {
  readonly #json: IndexedJson
  readonly #rare: readonly RareNumber[]
  /** The first that is not yet in its place. */
  #next = 0

  constructor(json: IndexedJson, rare: readonly RareNumber[]) {
    this.#json = json
    this.#rare = rare
  }

  /** @param at the entry of an object or list that has some */
  restore(value: object, at: number): void {
    const end = this.#behind(at) - 1
    if (Array.isArray(value)) {
      for (let entry = at + 1, index = 0; this.#goesOnBefore(end); entry = this.#behind(entry), index++) {
        this.#put(value as unknown as Record<string, unknown>, String(index), entry)
      }
    } else this.#restoreMembers(value as Record<string, unknown>, at + 1, end)
  }

  #restoreMembers(object: Record<string, unknown>, from: number, end: number): void {
    const keys: number[] = []
    for (let key = from; key < end; key = this.#behind(key + 1)) keys.push(key)
    // Of a name that comes twice JSON.parse took the last.
    const last = Object.keys(object).length < keys.length && new Map(keys.map((key) => [this.#nameOf(key), key]))
    for (const key of keys) {
      if (!this.#goesOnBefore(end)) break
      if (this.#rare[this.#next]!.at >= this.#behind(key + 1)) continue
      const name = this.#nameOf(key)
      if (last && last.get(name) !== key) this.#skipTo(this.#behind(key + 1))
      else this.#put(object, name, key + 1)
    }
  }

  #put(owner: Record<string, unknown>, name: string, entry: number): void {
    const { at, number } = this.#rare[this.#next]!
    if (at >= this.#behind(entry)) return
    if (at > entry) this.restore(owner[name] as object, entry)
    else {
      owner[name] = number
      this.#next++
    }
  }

  #goesOnBefore(end: number): boolean {
    return this.#next < this.#rare.length && this.#rare[this.#next]!.at < end
  }

  #skipTo(entry: number): void {
    while (this.#goesOnBefore(entry)) this.#next++
  }

  /** The entry behind a value. */
  #behind(entry: number): number {
    const word = this.#json.tape[2 * entry + 1]!
    return entry + (word < containerFlag ? 1 : word - containerFlag)
  }

  #nameOf(key: number): string {
    const { bytes, tape } = this.#json
    const start = tape[2 * key]!
    const word = tape[2 * key + 1]!
    const hasEscape = word >= containerFlag
    const end = start + (hasEscape ? word - containerFlag : word)
    const name = bytes.toString('utf8', start, end)
    return hasEscape ? (JSON.parse(`"${name}"`) as string) : name
  }
}
