import { createRequire } from 'node:module'
import type { parse as parseCsv } from 'csv-parse/sync'
import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable, Unwritable } from './format.ts'
import { type Members, requireText, setMember } from './members.ts'

/** Loaded for the first body: most gateways have none. */
let parse: typeof parseCsv | undefined

/** Of one record, in characters: a line that never ends is refused before it is read. */
const longestRecord = 1024 * 1024

/** Comma-separated values with a head row (RFC 4180). */
export const csv: Format = {
  name: 'csv',
  summary: 'comma-separated values: a list of objects by the head row, all texts',
  mediaTypes: ['text/csv'],
  matches: (mediaType) => mediaType === 'text/csv',
  givesTexts: true,
  decode,
  encode,
}

function decode({ bytes, contentType }: Encoded, { maxValues }: DecodeLimits): unknown {
  const text = decodeText(bytes, charsetOf(contentType))
  // A line is parsed as a whole before its cells are counted; in quotes commas end none, so there may be more of them.
  if (countSeparators(text, 2 * maxValues) > 2 * maxValues) throw new Unreadable(`has over ${maxValues} cells`)
  parse ??= (createRequire(import.meta.url)('csv-parse/sync') as { parse: typeof parseCsv }).parse
  let left = maxValues
  const count = (record: string[]) => {
    left -= record.length
    if (left < 0) throw new Unreadable(`has over ${maxValues} cells`)
    return record
  }
  let records: string[][]
  try {
    records = parse(text, { skip_empty_lines: true, max_record_size: longestRecord, on_record: count }) as string[][]
  } catch (error) {
    if (error instanceof Unreadable) throw error
    // Its own error quotes the body.
    throw new Unreadable('is not valid CSV')
  }
  const [head = [], ...rows] = records
  if (new Set(head).size < head.length) throw new Unreadable('has two columns of one name')
  return rows.map((row) => {
    const members: Members = {}
    head.forEach((name, column) => {
      setMember(members, name, row[column])
    })
    return members
  })
}

/** Commas and ends of lines, up to one more than `most`. */
function countSeparators(text: string, most: number): number {
  let count = 0
  for (let at = 0; at < text.length && count <= most; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x2c || code === 0x0a) count++
  }
  return count
}

/** Rows times columns: objects that have no name in common would make a table of their square. */
const mostCells = 1_000_000

function encode(value: unknown) {
  if (!Array.isArray(value)) throw new Unwritable('the body is no list')
  const head = new Set<string>()
  for (const row of value) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) throw new Unwritable('a row is no object')
    for (const name of Object.keys(row)) head.add(name)
  }
  if (value.length * head.size > mostCells) throw new Unwritable(`the body has over ${mostCells} cells`)
  const names = [...head]
  const lines = [names.map(quote), ...value.map((row) => names.map((name) => cell(row as Members, name)))]
  const isEmpty = names.length === 0
  const bytes = isEmpty ? '' : lines.map((line) => `${line.join(',')}\r\n`).join('')
  return { bytes, contentType: 'text/csv; charset=utf-8' }
}

function cell(row: Members, name: string): string {
  const value = Object.hasOwn(row, name) ? row[name] : undefined
  return value === undefined || value === null ? '' : quote(requireText(value, name))
}

function quote(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
