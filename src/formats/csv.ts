import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { readRecords } from './csv-records.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable, Unwritable } from './format.ts'
import { type Members, requireText, setMember } from './members.ts'

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
  const records = readRecords(text, maxValues)
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
