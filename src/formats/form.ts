import { decodeText, isUtf8Charset } from './charset.ts'
import { charsetOf } from './content-type.ts'
import type { Encoded, Format } from './format.ts'
import { entriesOf, requireText } from './members.ts'
import { parseUrlEncoded } from './url-encoded.ts'

const mediaType = 'application/x-www-form-urlencoded'

/** Forms as browsers send them without files. */
export const form: Format = {
  name: 'form',
  summary: '`a=1&b=2`: an object of texts, a name that comes twice a list',
  mediaTypes: [mediaType],
  matches: (other) => other === mediaType,
  givesTexts: true,
  decode,
  encode(value) {
    const parameters = new URLSearchParams()
    for (const [name, member] of entriesOf(value)) parameters.append(name, requireText(member, name))
    return { bytes: parameters.toString(), contentType: mediaType }
  },
}

function decode({ bytes, contentType }: Encoded): unknown {
  const charset = charsetOf(contentType)
  if (isUtf8Charset(charset)) return parseUrlEncoded(decodeText(bytes))
  // What is escaped are bytes of the charset, as are those beside them: a character may be of both.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return parseUrlEncoded(text, (part) => decodeText(unescapeBytes(part), charset))
}

function unescapeBytes(text: string): Uint8Array {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )
}
