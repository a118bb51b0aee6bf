import { Unreadable } from './format.ts'

const quote = 0x22
const comma = 0x2c
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Of one record, in characters: a line that never ends is refused before it is read. */
const longestRecord = 1024 * 1024

/**
 * The records of a text of comma-separated values (RFC 4180), all of as many cells; empty lines are none. How the first
 * line ends (CRLF, LF or CR) all others do.
 * @throws Unreadable
 */
export function readRecords(text: string, maxCells: number): string[][] {
  const reader = new RecordReader(text)
  const records: string[][] = []
  let left = maxCells
  for (;;) {
    const record = reader.next(left)
    if (!record) return records
    left -= record.length
    if (left < 0) throw new Unreadable(`has over ${maxCells} cells`)
    if (record.length !== (records[0] ?? record).length) return invalid()
    records.push(record)
  }
}

class RecordReader {
  readonly #text: string
  #at = 0
  /** Undefined before the first. */
  #lineEnd: string | undefined

  constructor(text: string) {
    this.#text = text
  }

  /** The next record, or what shows that it has more than `most` cells; undefined behind the last. */
  next(most: number): string[] | undefined {
    while (this.#takeLineEnd()) {}
    if (this.#at >= this.#text.length) return undefined
    const start = this.#at
    const record: string[] = []
    for (;;) {
      const isQuoted = this.#text.charCodeAt(this.#at) === quote
      record.push(isQuoted ? this.#quoted() : this.#plain(start))
      if (this.#at - start > longestRecord) return invalid()
      if (record.length > most || this.#at >= this.#text.length || this.#takeLineEnd()) return record
      if (this.#text.charCodeAt(this.#at) !== comma) return invalid()
      this.#at++
    }
  }

  #plain(start: number): string {
    const text = this.#text
    const from = this.#at
    const end = Math.min(text.length, start + longestRecord + 1)
    let at = from
    for (; at < end; at++) {
      const code = text.charCodeAt(at)
      if (code === quote) return invalid()
      if (code === comma || ((code === lineFeed || code === carriageReturn) && this.#endsLine(at))) break
    }
    this.#at = at
    return text.slice(from, at)
  }

  #quoted(): string {
    const text = this.#text
    const from = this.#at + 1
    let end = text.indexOf('"', from)
    let hasQuotes = false
    while (end >= 0 && text.charCodeAt(end + 1) === quote) {
      hasQuotes = true
      end = text.indexOf('"', end + 2)
    }
    if (end < 0) return invalid()
    this.#at = end + 1
    const cell = text.slice(from, end)
    return hasQuotes ? cell.replaceAll('""', '"') : cell
  }

  #takeLineEnd(): boolean {
    if (!this.#endsLine(this.#at)) return false
    this.#at += this.#lineEnd!.length
    return true
  }

  /** Whether a line ends here. */
  #endsLine(at: number): boolean {
    const code = this.#text.charCodeAt(at)
    if (code !== lineFeed && code !== carriageReturn) return false
    this.#lineEnd ??= code === lineFeed ? '\n' : this.#text.charCodeAt(at + 1) === lineFeed ? '\r\n' : '\r'
    return this.#text.startsWith(this.#lineEnd, at)
  }
}

/** Without what is wrong: that would quote the body. */
function invalid(): never {
  throw new Unreadable('is not valid CSV')
}
