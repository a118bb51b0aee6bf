import { SyntaxFault } from './node.ts'

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  '?': '?',
  '"': '"',
  "'": "'",
  '`': '`',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Digits that an escape of a code point has: `\x41`, `\u0041`, `\U00000041`, `\101`. */
const numeric = /^(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/

/**
 * Reads a text in quotes that begins at `start`.
 * @param prefix `r` for a raw one, in which backslashes are themselves
 * @returns what it says, and where it ends
 */
export function readText(input: string, start: number, prefix: string): { value: string; end: number } {
  const opening = start + prefix.length
  const sign = input[opening]!
  const quote = input.startsWith(sign.repeat(3), opening) ? sign.repeat(3) : sign
  let value = ''
  let at = opening + quote.length
  while (!input.startsWith(quote, at)) {
    if (at >= input.length) throw new SyntaxFault('the text has no end', start, input.length)
    const letter = input[at]!
    if (quote.length === 1 && (letter === '\n' || letter === '\r'))
      throw new SyntaxFault(`a text of several lines stands in ${sign.repeat(3)}`, at, at + 1)
    if (letter !== '\\') {
      value += letter
      at += 1
      continue
    }
    const read = prefix === '' ? readEscape(input, at) : { value: input.slice(at, at + 2), length: 2 }
    value += read.value
    at += read.length
  }
  return { value, end: at + quote.length }
}

function readEscape(input: string, at: number): { value: string; length: number } {
  const simple = escapes[input[at + 1] ?? '']
  if (simple !== undefined) return { value: simple, length: 2 }
  const [digits, byte, short, long, octal] = numeric.exec(input.slice(at + 1, at + 10)) ?? []
  const code = octal === undefined ? Number.parseInt(byte ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8)
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  if (digits === undefined || !isCharacter)
    throw new SyntaxFault('there is no such escape', at, Math.min(at + 1 + (digits?.length ?? 1), input.length))
  return { value: String.fromCodePoint(code), length: 1 + digits.length }
}
