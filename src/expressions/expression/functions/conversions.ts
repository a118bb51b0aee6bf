import { isNumber, type JsonNumber, ofWhole } from '../../../numbers.ts'
import { computable } from '../../arithmetic.ts'
import { fail } from '../scope.ts'
import { Duration, Timestamp, toDuration, toTimestamp } from '../time.ts'
import { dyn } from '../types.ts'
import { anything, bool, double, duration, global, int, type Library, method, string, timestamp } from './define.ts'
import { sizeOf } from './strings.ts'

function toDouble(value: unknown): number {
  if (isNumber(value)) return Number(computable(value))
  // What JavaScript takes beyond decimal digits (`0x1`, spaces) is no number here.
  const number = typeof value === 'string' && /^[+-]?(?:\d|\.\d)[\d.eE+-]*$/.test(value) ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : fail('the text is not a number')
}

/** Exact, however large; a decimal loses its fraction. */
function toInt(value: unknown): number | bigint {
  if (value instanceof Timestamp) return Math.floor(value.date.getTime() / 1000)
  if (typeof value === 'string') return readWhole(value)
  const amount = computable(value as JsonNumber)
  return typeof amount === 'bigint' || Number.isSafeInteger(amount) ? amount : ofWhole(BigInt(Math.trunc(amount)))!
}

function toUint(value: unknown): number | bigint {
  const whole = toInt(value)
  return whole < 0 ? fail('uint() is of what is not below zero') : whole
}

function readWhole(text: string): number | bigint {
  const digits = /^-?\d{1,400}$/.test(text) ? text : fail('the text is not a whole number')
  return ofWhole(BigInt(digits))!
}

function toText(value: unknown): string {
  return value instanceof Timestamp || value instanceof Duration ? value.toJSON() : String(value)
}

const booleans: ReadonlyMap<unknown, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
])

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return booleans.get(value) ?? fail('the text is neither true nor false')
}

const sized = ['string', 'list', 'map'] as const

export const conversionFunctions: Library = {
  title: 'Types and sizes',
  functions: [
    global('size', [sized], int, sizeOf, {
      summary: 'Characters of a text, elements of a list, members of an object.',
      example: ["size('😀明')", '2'],
    }),
    method('size', [sized], int, sizeOf, {
      summary: 'Characters of a text, elements of a list, members of an object.',
      example: ['[1, 2].size()', '2'],
    }),
    global('int', [['double', 'string', 'timestamp']], int, toInt, {
      exact: true,
      summary: 'A whole number, of a number without what is behind its point, of digits, of the seconds since 1970.',
      example: ["int('9007199254740993') + int(1.9)", '9007199254740994'],
    }),
    global('uint', [['double', 'string']], int, toUint, {
      exact: true,
      summary: 'As `int`, and nothing below zero.',
      example: ['uint(3.9)', '3'],
    }),
    global('double', [['double', 'string']], double, toDouble, {
      summary: 'A number that is computed with as a double.',
      example: ["double('1.5') * 2", '3'],
    }),
    global('string', [['string', 'double', 'bool', 'timestamp', 'duration']], string, toText, {
      exact: true,
      summary: 'As text: a number as it came, a timestamp as RFC 3339, a duration in seconds.',
      example: ["string(timestamp('2026-03-01T10:00:00Z')) + ' ' + string(1.50)", "'2026-03-01T10:00:00Z 1.5'"],
    }),
    global('bool', [['bool', 'string']], bool, toBool, {
      summary: 'True of `true`, `True`, `TRUE`, `t`, `T` and `1`; false of what denies these.',
      example: ["bool('true')", 'true'],
    }),
    global('dyn', [anything], dyn, (value) => value, {
      exact: true,
      summary: 'The value, of a type that is not looked at when the file is loaded.',
      example: ["dyn(1) == 'a'", 'false'],
    }),
    global('timestamp', [['string', 'double', 'timestamp']], timestamp, toTimestamp, {
      summary: 'A time of RFC 3339, or of the seconds since 1970; years 1 to 9999.',
      example: ["timestamp(1772359200) == timestamp('2026-03-01T10:00:00Z')", 'true'],
    }),
    global('duration', [['string', 'duration']], duration, toDuration, {
      summary: 'A span of time by its units h, m, s, ms, us and ns.',
      example: ["duration('1h30m') == duration('5400s')", 'true'],
    }),
  ],
}
