import { Unreadable } from './format.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** By their labels, of which the Encoding Standard has some two hundred. */
const decoders = new Map<string, TextDecoder>([
  ['utf-8', utf8],
  ['utf8', utf8],
])

/**
 * Bytes as text, by the Encoding Standard's names of charsets (`iso-8859-1` is windows-1252, as browsers have it). A
 * byte order mark is no part of the text.
 * @param charset in lower case; UTF-8 where none is named
 * @throws Unreadable for a charset that nobody knows, and for bytes that are not of it
 */
export function decodeText(bytes: Uint8Array, charset = 'utf-8'): string {
  const decoder = decoders.get(charset) ?? openDecoder(charset)
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Unreadable(decoder === utf8 ? 'is not valid UTF-8' : `is not valid ${decoder.encoding}`)
  }
}

/** A label with spaces around it, of which there is no end, is none to us. */
const label = /^[\w.:-]+$/

function openDecoder(charset: string): TextDecoder {
  if (!label.test(charset)) throw new Unreadable('has an unknown charset')
  try {
    const decoder = new TextDecoder(charset, { fatal: true })
    decoders.set(charset, decoder)
    return decoder
  } catch {
    throw new Unreadable('has an unknown charset')
  }
}

/** Whether bytes of this charset are UTF-8 already. */
export function isUtf8Charset(charset: string | undefined): boolean {
  return charset === undefined || decoders.get(charset) === utf8 || charset === 'us-ascii'
}
