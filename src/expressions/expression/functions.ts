import { isNumber, type JsonNumber, ofWhole } from '../../numbers.ts'
import { computable } from '../arithmetic.ts'
import { spend, spendOnLetters, spendOnText } from '../work.ts'
import { type CelFunction, fail } from './scope.ts'
import { Duration, durationParts, timestampParts, toDuration, toTimestamp } from './time.ts'
import { bool, double, dyn, int, string, type Type } from './types.ts'

const text = ['string'] as const
const number = ['double'] as const
const texts: Type = { kind: 'list', element: string }
const timestamp: Type = { kind: 'timestamp' }
const duration: Type = { kind: 'duration' }
const maxTextLength = 8 * 1024 * 1024

function method(name: string, takes: CelFunction['takes'], gives: Type, call: CelFunction['call']): CelFunction {
  return { name, form: 'method', takes, gives, call }
}

function global(name: string, takes: CelFunction['takes'], gives: Type, call: CelFunction['call']): CelFunction {
  return { name, form: 'function', takes, gives, call }
}

/** Characters of text, as CEL counts them: code points. */
function sizeOf(value: string | unknown[] | object): number {
  if (typeof value === 'string') return isPlain(value) ? value.length : countCodePoints(value)
  if (Array.isArray(value)) return value.length
  return Object.values(value).filter((member) => member !== undefined).length
}

function isPlain(value: string): boolean {
  return !/[\ud800-\udbff]/.test(value)
}

function countCodePoints(value: string): number {
  spendOnLetters(value.length)
  let count = 0
  for (let at = 0; at < value.length; at += value.codePointAt(at)! > 0xffff ? 2 : 1) count += 1
  return count
}

/** Letter by letter where the text is not ASCII: each run of letters is a piece of work. */
function mapAscii(value: string, letters: RegExp, map: (part: string) => string): string {
  spend(value.length >>> 2)
  return value.replace(letters, map)
}

function splitText(value: string, separator: string): string[] {
  const parts = value.split(separator)
  spend(parts.length)
  return parts
}

function toDouble(value: unknown): number {
  if (isNumber(value)) return Number(computable(value))
  const number = typeof value === 'string' && value.trim() === value && value !== '' ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : fail('the text is not a number')
}

/** Exact, however large; a decimal loses its fraction. */
function toInt(value: unknown): number | bigint {
  if (value instanceof Date) return Math.floor(value.getTime() / 1000)
  if (typeof value === 'string') return readWhole(value)
  const amount = computable(value as JsonNumber)
  return typeof amount === 'bigint' || Number.isSafeInteger(amount) ? amount : ofWhole(BigInt(Math.trunc(amount)))!
}

function readWhole(text: string): number | bigint {
  const digits = /^-?\d{1,400}$/.test(text) ? text : fail('the text is not a whole number')
  return ofWhole(BigInt(digits))!
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return value instanceof Duration ? value.toJSON() : String(value)
}

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return value === 'true' ? true : value === 'false' ? false : fail('the text is neither true nor false')
}

function within(index: number, length: number): number {
  return Number.isInteger(index) && index >= 0 && index <= length ? index : fail('a position is outside the text')
}

function join(list: unknown[], separator: string): string {
  let length = 0
  for (const item of list) {
    if (typeof item !== 'string') fail('join() needs a list of text')
    length += (item as string).length + separator.length
    if (length > maxTextLength) fail('text grew too long')
  }
  spendOnText(length)
  return list.join(separator)
}

function replace(value: string, from: string, to: string): string {
  const parts = splitText(value, from)
  return join(parts, to)
}

/** A function that numbers keep their value in. */
function exact(made: CelFunction): CelFunction {
  return { ...made, exact: true }
}

const sized = ['string', 'list', 'map'] as const

/** The functions that are built in. */
export const celFunctions: readonly CelFunction[] = [
  global('size', [sized], int, sizeOf),
  exact(global('int', [['double', 'string', 'timestamp']], int, toInt)),
  global('double', [['double', 'string']], double, toDouble),
  exact(global('string', [['string', 'double', 'bool', 'timestamp', 'duration']], string, toText)),
  global('bool', [['bool', 'string']], bool, toBool),
  exact(global('dyn', [[]], dyn, (value) => value)),
  global('timestamp', [['string', 'double', 'timestamp']], timestamp, toTimestamp),
  global('duration', [['string', 'duration']], duration, toDuration),
  method('size', [sized], int, sizeOf),
  method('startsWith', [text, text], bool, (value: string, part: string) => value.startsWith(part)),
  method('endsWith', [text, text], bool, (value: string, part: string) => value.endsWith(part)),
  method('contains', [text, text], bool, (value: string, part: string) => value.includes(part)),
  method('lowerAscii', [text], string, (value: string) => mapAscii(value, /[A-Z]+/g, (part) => part.toLowerCase())),
  method('upperAscii', [text], string, (value: string) => mapAscii(value, /[a-z]+/g, (part) => part.toUpperCase())),
  method('trim', [text], string, (value: string) => value.trim()),
  method('replace', [text, text, text], string, replace),
  method('split', [text, text], texts, splitText),
  method('join', [['list']], string, (list) => join(list, '')),
  method('join', [['list'], text], string, join),
  method('indexOf', [text, text], int, (value: string, part: string) => value.indexOf(part)),
  method('indexOf', [text, text, number], int, (value: string, part: string, from: number) =>
    value.indexOf(part, within(from, value.length)),
  ),
  method('lastIndexOf', [text, text], int, (value: string, part: string) => value.lastIndexOf(part)),
  method('substring', [text, number], string, (value: string, from: number) => value.slice(within(from, value.length))),
  method('substring', [text, number, number], string, (value: string, from: number, to: number) =>
    within(from, value.length) <= within(to, value.length)
      ? value.slice(from, to)
      : fail('substring() ends before it begins'),
  ),
  ...Object.keys(timestampParts).map((name) =>
    method(name, [name in durationParts ? ['timestamp', 'duration'] : ['timestamp']], int, (value) =>
      value instanceof Duration ? durationParts[name]!(value) : timestampParts[name]!(value),
    ),
  ),
]
