import { type Stretch, SyntaxFault } from './node.ts'
import { readText } from './text.ts'

export interface Token extends Stretch {
  /** `sign`: an operator or a bracket; `quoted`: a name in backticks, after a dot. */
  readonly kind: 'sign' | 'name' | 'quoted' | 'value' | 'end'
  /** The sign or name itself. */
  readonly text: string
  readonly value?: string | number | bigint | boolean | null
}

const space = /(?:[ \t\n\f\r]|\/\/[^\n]*)*/y
const name = /[A-Za-z_][A-Za-z0-9_]*/y
const number = /0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|\d+[uU]?/y
const quoted = /`[A-Za-z0-9_.\-/ ]+`/y
const sign = /==|!=|<=|>=|&&|\|\||[-+*/%!<>()[\]{}.,:?]/y
const opening = /([bBrR]{0,2})["']/y

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }

/** The token that begins at an offset, or behind what says nothing there. */
export function readToken(input: string, offset: number): Token {
  const start = offset + (match(space, input, offset)?.length ?? 0)
  if (start >= input.length) return { kind: 'end', text: '', start, end: start }
  const prefix = match(opening, input, start)?.slice(0, -1)
  if (prefix !== undefined) return readQuoted(input, start, prefix)
  const word = match(name, input, start)
  if (word !== undefined) {
    const token = { text: word, start, end: start + word.length }
    if (Object.hasOwn(words, word)) return { ...token, kind: 'value', value: words[word]! }
    return { ...token, kind: word === 'in' ? 'sign' : 'name' }
  }
  const digits = match(number, input, start)
  if (digits !== undefined)
    return { kind: 'value', text: digits, value: numberOf(digits, start), start, end: start + digits.length }
  const ticked = match(quoted, input, start)
  if (ticked !== undefined) return { kind: 'quoted', text: ticked.slice(1, -1), start, end: start + ticked.length }
  const found = match(sign, input, start)
  if (found === undefined) throw unexpected(input, start, start + 1)
  return { kind: 'sign', text: found, start, end: start + found.length }
}

export function unexpected(input: string, start: number, end: number): SyntaxFault {
  return start >= input.length
    ? new SyntaxFault('the expression ends too early', start, end)
    : new SyntaxFault(`\`${input.slice(start, end)}\` does not belong here`, start, end)
}

function readQuoted(input: string, start: number, prefix: string): Token {
  if (/b/i.test(prefix)) throw new SyntaxFault('bytes have no place in JSON', start, start + prefix.length)
  const { value, end } = readText(input, start, prefix)
  return { kind: 'value', text: input.slice(start, end), value, start, end }
}

function numberOf(digits: string, start: number): number | bigint {
  if (/^0x/i.test(digits) || !/[.eE]/.test(digits)) return BigInt(digits.replace(/u$/i, ''))
  const double = Number(digits)
  if (!Number.isFinite(double)) throw new SyntaxFault('the number is too large', start, start + digits.length)
  return double
}

function match(pattern: RegExp, input: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(input)?.[0]
}
