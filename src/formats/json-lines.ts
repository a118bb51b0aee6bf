import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, Unreadable } from './format.ts'
import { json } from './json.ts'

/** What JSON Lines go by (https://jsonlines.org); the first is what is becoming the registered name. */
export const linesTypes: readonly string[] = [
  'application/jsonl',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonlines',
  'application/x-jsonlines',
]

/** A value a line; empty lines are passed over. The last line need not end. */
export function decodeLines({ bytes, contentType }: Encoded, limits: DecodeLimits): unknown[] {
  const found: unknown[] = []
  const text = decodeText(bytes, charsetOf(contentType))
  for (let from = 0; from < text.length; ) {
    const lineEnd = text.indexOf('\n', from)
    const line = text.slice(from, lineEnd < 0 ? text.length : lineEnd).trim()
    from = lineEnd < 0 ? text.length : lineEnd + 1
    if (line === '') continue
    if (found.length >= limits.maxValues) throw new Unreadable(`has over ${limits.maxValues} lines`)
    found.push(readLine(line, limits))
  }
  return found
}

function readLine(line: string, limits: DecodeLimits): unknown {
  try {
    return json.decode({ bytes: Buffer.from(line), contentType: undefined }, limits)
  } catch (error) {
    throw error instanceof Unreadable ? new Unreadable(`has a line that ${error.message}`) : error
  }
}
