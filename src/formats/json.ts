import { parseJson, printJson } from '../json-text.ts'
import { mostDigits, TooManyDigits } from '../numbers.ts'
import { decodeText } from './charset.ts'
import { charsetOf } from './content-type.ts'
import { type DecodeLimits, type Encoded, type Format, Unreadable } from './format.ts'
import { isNestedDeeperThan } from './nesting.ts'

const jsonType = /^(?:application|text)\/(?:[\w.+-]+\+)?json$/

/** JSON (RFC 8259). Bodies that stay bytes are read by `json/`; this is for all others, and says what is wrong with one. */
export const json: Format = {
  name: 'json',
  summary: 'JSON, also by a content type that ends in `+json`',
  mediaTypes: ['application/json'],
  matches: (mediaType) => mediaType === 'application/json' || jsonType.test(mediaType),
  givesTexts: false,
  decode,
  encode: (value) => ({ bytes: printJson(value), contentType: 'application/json' }),
}

function decode({ bytes, contentType }: Encoded, { maxDepth }: Pick<DecodeLimits, 'maxDepth'>): unknown {
  const text = decodeText(bytes, charsetOf(contentType))
  if (isNestedDeeperThan(maxDepth, text)) throw new Unreadable(`is nested over ${maxDepth} levels deep`)
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof TooManyDigits) throw new Unreadable(`holds a number of over ${mostDigits} digits`)
    // The SyntaxError is not kept: it quotes the body.
    throw new Unreadable('is not valid JSON')
  }
}
