import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type Format, Unwritable } from './format.ts'
import { textOfScalar } from './scalars.ts'

/** Of `application/`, what is text and of no other format. */
const others = new Set(['graphql', 'javascript', 'jsonl', 'jwt', 'toml', 'x-ndjson', 'yaml'])

/** Plain text, and any other that nothing looks into. */
export const text: Format = {
  name: 'text',
  summary: 'one text; `text/*`',
  mediaTypes: ['text/plain', 'text/*'],
  matches: (mediaType) =>
    mediaType.startsWith('text/') || (mediaType.startsWith('application/') && others.has(mediaType.slice(12))),
  givesTexts: true,
  decode: ({ bytes, contentType }) => decodeText(bytes, charsetOf(contentType)),
  encode(value) {
    const written = textOfScalar(value)
    if (written === undefined) throw new Unwritable('the body is no text')
    return { bytes: written, contentType: 'text/plain; charset=utf-8' }
  },
}
