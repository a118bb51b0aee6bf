import { decodeText } from './charset.ts'
import { Unreadable } from './format.ts'

/** One part of a form. */
export interface Part {
  readonly name: string
  /** Undefined for what is no file. */
  readonly filename: string | undefined
  /** Its content type, as it says. */
  readonly type: string | undefined
  readonly bytes: Uint8Array
}

const longestHead = 8 * 1024
const boundaryOf = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i
const headEnd = Buffer.from('\r\n\r\n')

/**
 * The parts of a whole `multipart/form-data`. Nothing is passed over: what is no part of a form, or has no end, is refused.
 * @throws Unreadable
 */
export function* readParts(body: Uint8Array, contentType: string | undefined, mostParts: number): Generator<Part> {
  const [, quoted, token] = boundaryOf.exec(contentType ?? '') ?? []
  const boundary = quoted ?? token
  if (boundary === undefined) throw new Unreadable('has no boundary')
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  let at = findStart(bytes, delimiter)
  for (let count = 0; ; count++) {
    const line = lineBehind(bytes, at)
    if (line === 'end') return
    if (line === undefined || count >= mostParts) throw malformed(line === undefined ? undefined : mostParts)
    const bodyAt = bytes.indexOf(headEnd, line - 2)
    if (bodyAt < 0 || bodyAt - line > longestHead) throw malformed()
    const start = bodyAt + headEnd.length
    const end = findDelimiter(bytes, delimiter, start - 2)
    if (end === undefined) throw new Unreadable('ends before its last part does')
    yield {
      ...readHead(bytes.subarray(line, Math.max(line, bodyAt))),
      bytes: bytes.subarray(start, Math.max(start, end)),
    }
    at = end + delimiter.length
  }
}

/** Where the first delimiter has ended, at the very start or behind a preamble. */
function findStart(bytes: Buffer, delimiter: Buffer): number {
  const first = delimiter.subarray(2)
  if (bytes.subarray(0, first.length).equals(first)) return first.length
  const found = findDelimiter(bytes, delimiter, 0)
  if (found === undefined) throw malformed()
  return found + delimiter.length
}

/** A line that only begins like a delimiter is none. */
function findDelimiter(bytes: Buffer, delimiter: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(delimiter, from); at >= 0; at = bytes.indexOf(delimiter, at + 1))
    if (lineBehind(bytes, at + delimiter.length) !== undefined) return at
  return undefined
}

/** Where the line behind a delimiter begins; `end` behind the last one; undefined where it is no delimiter. */
function lineBehind(bytes: Buffer, from: number): number | 'end' | undefined {
  const isLast = bytes[from] === 0x2d && bytes[from + 1] === 0x2d
  let at = isLast ? from + 2 : from
  // Transport padding (RFC 2046 section 5.1.1).
  while (at - from < 102 && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++
  if (isLast && at === bytes.length) return 'end'
  if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) return undefined
  return isLast ? 'end' : at + 2
}

function readHead(head: Buffer): Pick<Part, 'name' | 'filename' | 'type'> {
  const fields = new Map<string, string>()
  for (const line of decodeText(head).split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon < 1) throw malformed()
    fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
  const disposition = fields.get('content-disposition') ?? ''
  const coding = fields.get('content-transfer-encoding') ?? 'binary'
  if (!/^form-data\s*;/i.test(disposition) || !/^(?:7bit|8bit|binary)$/i.test(coding)) throw malformed()
  const parameters = readParameters(disposition.slice(9))
  const name = parameters.get('name')
  if (name === undefined) throw malformed()
  // Of a path, which old browsers send, the name of the file.
  return { name, filename: parameters.get('filename')?.replace(/^.*[\\/]/s, ''), type: fields.get('content-type') }
}

const parameter = /\s*;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/y
const escapes: Record<string, string> = { '\\"': '"', '%22': '"', '%0D': '\r', '%0A': '\n' }

function readParameters(text: string): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at < text.length; at = parameter.lastIndex) {
    parameter.lastIndex = at
    const [, name, quoted, token] = parameter.exec(text) ?? []
    if (name === undefined || found.has(name.toLowerCase())) throw malformed()
    found.set(
      name.toLowerCase(),
      (quoted ?? token)!.replace(/\\"|%22|%0D|%0A/g, (escaped) => escapes[escaped]!),
    )
  }
  return found
}

function malformed(mostParts?: number): Unreadable {
  return new Unreadable(mostParts === undefined ? 'is not a valid form' : `has over ${mostParts} parts`)
}
