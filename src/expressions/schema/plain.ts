import { amountOf, areEqualNumbers, isExact, isNumber, type JsonNumber } from '../../numbers.ts'
import { isObject } from '../container.ts'
import { checkPattern } from '../pattern.ts'
import { type JsonType, typeOf } from './json-schema.ts'

/** Whether a value is valid. */
export type Accepts = (value: unknown) => boolean

/** A keyword with its value as a check; undefined when it may not have that value, or not here. */
type Keyword = (wanted: unknown) => Accepts | undefined

/**
 * A schema of everyday keywords as a check of closures, the same under every draft. Undefined when it holds anything
 * else or something is wrong with it: then it takes Ajv to tell. Most colors are this simple, and Ajv takes 35 ms to
 * load and as long to compile the schema of schemas.
 */
export function compilePlain(schema: unknown): Accepts | undefined {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return undefined
  const checks: Accepts[] = []
  for (const [name, wanted] of Object.entries(schema)) {
    const keyword = keywords.get(name)
    const check = keyword?.(wanted)
    if (!check) return undefined
    if (check !== anything) checks.push(check)
  }
  return checks.length > 1 ? (value) => checks.every((check) => check(value)) : (checks[0] ?? anything)
}

const anything: Accepts = () => true
const types: ReadonlySet<unknown> = new Set<JsonType>([
  'string',
  'number',
  'integer',
  'boolean',
  'null',
  'array',
  'object',
])

const isText = (value: unknown) => typeof value === 'string'
const isListOf = (value: unknown, isItem: (item: unknown) => boolean): value is unknown[] =>
  Array.isArray(value) && value.length > 0 && value.every(isItem) && new Set(value).size === value.length

const note: Keyword = () => anything
const textNote: Keyword = (wanted) => (isText(wanted) ? anything : undefined)

/** A bound of what is measured; a value that cannot be measured is within it. */
function bound(
  measure: (value: unknown) => number | bigint | undefined,
  isWithin: (size: number | bigint, limit: number) => boolean,
) {
  return (limit: number): Accepts =>
    (value) => {
      const size = measure(value)
      return size === undefined || isWithin(size, limit)
    }
}

const numberOf = (value: unknown) => (isNumber(value) ? amountOf(value) : undefined)
/** In code points, as JSON Schema counts. */
const lengthOf = (value: unknown) => (typeof value === 'string' ? countCodePoints(value) : undefined)
const atLeast = (size: number | bigint, limit: number) => size >= limit
const atMost = (size: number | bigint, limit: number) => size <= limit
const limitOf =
  (make: (limit: number) => Accepts): Keyword =>
  (wanted) =>
    Number.isFinite(wanted) ? make(wanted as number) : undefined
const countOf =
  (make: (limit: number) => Accepts): Keyword =>
  (wanted) =>
    Number.isSafeInteger(wanted) && (wanted as number) >= 0 ? make(wanted as number) : undefined

const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['type', compileType],
  ['enum', (wanted) => (isListOf(wanted, isScalar) ? (value) => isOneOf(wanted, value) : undefined)],
  ['minimum', limitOf(bound(numberOf, atLeast))],
  ['maximum', limitOf(bound(numberOf, atMost))],
  ['minLength', countOf(bound(lengthOf, atLeast))],
  ['maxLength', countOf(bound(lengthOf, atMost))],
  ['pattern', compilePattern],
  ['items', compileItems],
  ['properties', compileProperties],
  ['required', compileRequired],
  ['title', textNote],
  ['description', textNote],
  ['format', textNote],
  ['default', note],
  ['example', note],
  ['sensitivity', note],
])

function compileType(wanted: unknown): Accepts | undefined {
  const wantedTypes = Array.isArray(wanted) ? wanted : [wanted]
  if (!isListOf(wantedTypes, (type) => types.has(type))) return undefined
  const allowed = new Set(wantedTypes)
  if (allowed.has('number')) allowed.add('integer')
  // JSON has them, but nothing here could compute with them: `1e999`.
  return (value) => allowed.has(typeOf(value)) && (!isNumber(value) || isReached(value))
}

function compilePattern(wanted: unknown): Accepts | undefined {
  if (typeof wanted !== 'string' || checkPattern(wanted, 'search')) return undefined
  const pattern = new RegExp(wanted, 'u')
  return (value) => typeof value !== 'string' || pattern.test(value)
}

function compileItems(wanted: unknown): Accepts | undefined {
  const accepts = compilePlain(wanted)
  return accepts && ((value) => !Array.isArray(value) || value.every(accepts))
}

function compileProperties(wanted: unknown): Accepts | undefined {
  if (!isObject(wanted) || Object.hasOwn(wanted, '__proto__')) return undefined
  const checks: [name: string, accepts: Accepts][] = []
  for (const [name, schema] of Object.entries(wanted)) {
    const accepts = compilePlain(schema)
    if (!accepts) return undefined
    checks.push([name, accepts])
  }
  return (value) =>
    !isObject(value) || checks.every(([name, accepts]) => !Object.hasOwn(value, name) || accepts(value[name]))
}

function compileRequired(wanted: unknown): Accepts | undefined {
  if (!isListOf(wanted, isText)) return undefined
  return (value) => !isObject(value) || wanted.every((name) => Object.hasOwn(value, name as string))
}

function isScalar(value: unknown): boolean {
  return value === null || isText(value) || Number.isFinite(value) || typeof value === 'boolean'
}

/** Whether a double comes near it. */
function isReached(value: JsonNumber): boolean {
  const amount = amountOf(value)
  return typeof amount === 'bigint' || Number.isFinite(amount)
}

function isOneOf(wanted: readonly unknown[], value: unknown): boolean {
  if (!isExact(value)) return wanted.includes(value)
  return wanted.some((one) => isNumber(one) && areEqualNumbers(one, value))
}

function countCodePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
