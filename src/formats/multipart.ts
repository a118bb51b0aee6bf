import { hash } from 'node:crypto'
import { isHeaderValue } from '../header-fields.ts'
import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, type Format, Unwritable } from './format.ts'
import { addMember, entriesOf, type Members, requireText } from './members.ts'
import { OpaqueBytes } from './opaque-bytes.ts'
import { type Part, readParts } from './read-parts.ts'

const mediaType = 'multipart/form-data'
const mostParts = 1000

/** Forms with files (RFC 7578). */
export const multipart: Format = {
  name: 'multipart',
  summary: 'a form with files: an object of texts and of files, which are opaque; a name that comes twice a list',
  mediaTypes: [mediaType],
  matches: (other) => other === mediaType,
  givesTexts: true,
  decode,
  encode,
}

function decode({ bytes, contentType }: Encoded, { maxValues }: DecodeLimits): unknown {
  const members: Members = {}
  for (const part of readParts(bytes, contentType, Math.min(mostParts, maxValues)))
    addMember(members, part.name, contentOf(part))
  return members
}

function contentOf({ bytes, filename, type }: Part): unknown {
  if (filename === undefined) return decodeText(bytes, charsetOf(type))
  return new OpaqueBytes(bytes, type ?? 'application/octet-stream', filename)
}

/**
 * The boundary is a digest of all that stands between: no part can hold it, and equal forms are equal bytes, so that
 * what is cached is found again.
 */
function encode(value: unknown) {
  const parts = [...entriesOf(value)].map(([name, member]) => writePart(name, member))
  const boundary = `tessera-${hash('sha256', Buffer.concat(parts.flat()), 'base64url').slice(0, 32)}`
  const pieces = parts.flatMap((part) => [Buffer.from(`--${boundary}\r\n`), ...part, lineEnd])
  const bytes = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)])
  return { bytes, contentType: `${mediaType}; boundary=${boundary}` }
}

const lineEnd = Buffer.from('\r\n')

/** Its head and its content. */
function writePart(name: string, value: unknown): Uint8Array[] {
  const disposition = `content-disposition: form-data; name="${escapeName(name)}"`
  if (!(value instanceof OpaqueBytes)) {
    return [Buffer.from(`${disposition}\r\n\r\n`), Buffer.from(requireText(value, name))]
  }
  const { type, filename = name } = value
  if (!isHeaderValue(type)) throw new Unwritable(`\`${name}\` has no content type that can be sent`)
  const file = `; filename="${escapeName(filename)}"\r\ncontent-type: ${type}`
  return [Buffer.from(`${disposition}${file}\r\n\r\n`), OpaqueBytes.bytesOf(value)]
}

/** As browsers do (HTML standard, 4.10.22.8). */
function escapeName(name: string): string {
  return name.toWellFormed().replace(/["\r\n]/g, (character) => ({ '"': '%22', '\r': '%0D', '\n': '%0A' })[character]!)
}
