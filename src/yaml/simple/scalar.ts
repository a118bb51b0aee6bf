import { type Cursor, notSimple } from './cursor.ts'

/** What a plain scalar may not begin with, and what it may begin with only before something that is not a space. */
const indicator = /^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?: |$))/
const integer = /^(?:0|-?[1-9]\d{0,14})$/
const fraction = /^(?:0|-?[1-9]\d{0,9})\.\d{1,9}$/
/** All other forms of numbers: signs, exponents, octal, hexadecimal, infinite, too long. */
const rareNumber =
  /^(?:[-+]?\d+|[-+]?(?:\.\d+|\d+\.?\d*)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const constants = new Map<string, boolean | null>([
  ...['~', 'null', 'Null', 'NULL'].map((text) => [text, null] as const),
  ['true', true],
  ['false', false],
])
/** They print otherwise than they are written, which only the full reader keeps. */
const rareConstant = /^(?:True|TRUE|False|FALSE)$/

/** The value of a scalar without quotes, by YAML's core schema. */
export function resolvePlain(text: string): unknown {
  const constant = text.length < 6 ? constants.get(text) : undefined
  if (constant !== undefined) return constant
  const first = text.charCodeAt(0)
  // A number begins with a digit, a sign or a dot.
  if (first > 57 || first < 43) {
    if (rareConstant.test(text)) throw notSimple
    return text
  }
  if (integer.test(text)) return Number(text)
  if (fraction.test(text)) return canonical(text)
  if (rareNumber.test(text)) throw notSimple
  return text
}

/** `1.10` prints as 1.1: that it was written otherwise only the full reader keeps. */
function canonical(text: string): number {
  const number = Number(text)
  if (String(number) !== text) throw notSimple
  return number
}

/** Reads the plain scalar that stands in a line of a block up to its comment. */
export function readPlain(cursor: Cursor): string {
  const line = cursor.restOfLine()
  const text = trimSpaces(cutComment(line))
  if (text === '' || indicator.test(text) || text.endsWith(':') || text.includes(': ')) throw notSimple
  cursor.at += text.length
  return text
}

/** Reads the plain scalar that stands in a flow collection. */
export function readFlowPlain(cursor: Cursor): string {
  const match = flowPlain.exec(cursor.restOfLine())
  const text = trimSpaces(match?.[0] ?? '')
  if (text === '' || indicator.test(text) || /^[-?:]$/.test(text)) throw notSimple
  cursor.at += text.length
  return text
}

/** Up to what ends it: an indicator of flow collections, a colon before a space or one of them, a comment. */
const flowPlain = /^(?:[^,[\]{}: ]|:(?![,[\]{} ]|$)| (?!#))+/

/** Reads a plain key of a block and its colon; undefined when the line has none. */
export function readPlainKey(cursor: Cursor): string | undefined {
  const line = cutComment(cursor.restOfLine())
  let colon = line.indexOf(':')
  while (colon >= 0 && colon + 1 < line.length && line[colon + 1] !== ' ') colon = line.indexOf(':', colon + 1)
  if (colon < 0) return undefined
  const text = trimSpaces(line.slice(0, colon))
  if (text === '' || text.length > longestKey || indicator.test(text)) return undefined
  cursor.at += colon + 1
  return text
}

/** A longer one is an error of its own. */
const longestKey = 1000

/** Reads a text in quotes that ends in the line it begins in. */
export function readQuoted(cursor: Cursor): string {
  const match = quoted.exec(cursor.restOfLine())
  if (!match) throw notSimple
  const [whole] = match
  cursor.at += whole.length
  if (whole[0] === "'") return whole.slice(1, -1).replaceAll("''", "'")
  if (!whole.includes('\\')) return whole.slice(1, -1)
  try {
    return JSON.parse(whole) as string
  } catch {
    // An escape that only YAML has.
    throw notSimple
  }
}

const quoted = /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\.)*")/

function cutComment(line: string): string {
  const comment = line.indexOf(' #')
  return comment < 0 ? line : line.slice(0, comment)
}

/** Spaces only: to YAML all others are letters. */
function trimSpaces(text: string): string {
  let end = text.length
  while (text.charCodeAt(end - 1) === 32) end -= 1
  return text.slice(0, end)
}
