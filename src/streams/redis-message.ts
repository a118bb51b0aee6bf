import { parseJson, printJson } from '../json-text.ts'
import type { NewMessage, StreamMessage } from './stream.ts'

/** The fields of an entry, as `emit` writes them: names and texts in turn. */
export function fieldsOf({ id, key, data, headers }: NewMessage): string[] {
  return [
    ...(id === undefined ? [] : ['id', id]),
    ...(key === undefined ? [] : ['key', key]),
    ...(headers && Object.keys(headers).length > 0 ? ['headers', JSON.stringify(headers)] : []),
    ...['data', printJson(data)],
  ]
}

/** An entry as a message: of one that somebody else wrote, its fields are the data. */
export function readEntry(entryId: string, fields: readonly string[]): StreamMessage {
  const named: Record<string, string> = {}
  for (let at = 0; at + 1 < fields.length; at += 2) named[fields[at]!] = fields[at + 1]!
  const { data, id = entryId, key } = named
  const time = new Date(Number(entryId.split('-')[0])).toISOString()
  if (data === undefined) return { id, key, data: named, holdsTexts: true, headers: {}, time }
  const value = jsonIn(data)
  const headers = headersIn(named['headers'])
  return { id, key, data: value === undefined ? data : value, holdsTexts: value === undefined, headers, time }
}

function jsonIn(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function headersIn(text: string | undefined): Readonly<Record<string, string>> {
  const value = text === undefined ? undefined : jsonIn(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.toLowerCase(), String(one)]))
}
