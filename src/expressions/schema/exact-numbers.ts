import type { Ajv, FuncKeywordDefinition, SchemaValidateFunction, ValidateFunction } from 'ajv'
import { printByValue } from '../../json-text.ts'
import { amountOf, areEqualNumbers, isExact, isNumber, isWhole, type JsonNumber, toDouble } from '../../numbers.ts'
import { isContainer } from '../container.ts'

/** Whether a value has, somewhere, a number that Ajv does not know. */
export function hasExactNumbers(value: unknown): boolean {
  if (!isContainer(value)) return isExact(value)
  return Object.values(value).some(hasExactNumbers)
}

/** Of the objects and lists that Ajv is given in place of those with exact numbers, what they stand for. */
let originals = new WeakMap<object, Record<string, unknown>>()

/** Has Ajv look at a value's doubles; the keywords below look at its numbers. */
export function checkExactly(check: ValidateFunction, value: unknown): boolean {
  originals = new WeakMap()
  const holder = withDoubles({ value }) as { value: unknown }
  return check(holder.value, {
    instancePath: '',
    parentData: holder,
    parentDataProperty: 'value',
    rootData: holder.value as Record<string, unknown>,
    dynamicAnchors: {},
  })
}

function withDoubles(value: unknown): unknown {
  if (isExact(value)) return standInFor(value)
  if (!isContainer(value)) return value
  const copy = Array.isArray(value)
    ? value.map(withDoubles)
    : Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withDoubles(member)]))
  originals.set(copy, value as Record<string, unknown>)
  return copy
}

/** A double of the same type: of one that rounds to a whole number some other. */
function standInFor(value: JsonNumber): number {
  const double = toDouble(value)
  if (isWhole(value)) return Math.max(-Number.MAX_VALUE, Math.min(double, Number.MAX_VALUE))
  return Number.isInteger(double) ? 0.5 : double
}

type Place = Parameters<SchemaValidateFunction>[3]

/** The number that stands where Ajv sees a double. */
function originalOf(data: unknown, place: Place): unknown {
  if (isContainer(data)) return originals.get(data) ?? data
  const owner = place && originals.get(place.parentData)
  return owner ? owner[place.parentDataProperty] : data
}

// biome-ignore lint/suspicious/noExplicitAny: Ajv has checked what each keyword wants.
type Wanted = any

function keyword(
  name: string,
  message: (wanted: Wanted) => string,
  holds: (wanted: Wanted, value: unknown) => boolean,
  type?: 'number' | 'array',
): FuncKeywordDefinition {
  const validate: SchemaValidateFunction = (wanted: unknown, data: unknown, _schema, place) => {
    if (holds(wanted, originalOf(data, place))) return true
    validate.errors = [{ keyword: name, message: message(wanted), params: paramsOf(name, wanted) }]
    return false
  }
  return { keyword: name, validate, errors: true, ...(type && { type }) }
}

function paramsOf(name: string, wanted: unknown): Record<string, unknown> {
  return name === 'enum' ? { allowedValues: wanted } : name === 'const' ? { allowedValue: wanted } : {}
}

const compared = (sign: string) => (limit: number) => `must be ${sign} ${limit}`
const amount = (value: unknown) => (isNumber(value) ? amountOf(value) : Number.NaN)

const keywords: readonly FuncKeywordDefinition[] = [
  keyword('minimum', compared('>='), (limit: number, value) => amount(value) >= limit, 'number'),
  keyword('maximum', compared('<='), (limit: number, value) => amount(value) <= limit, 'number'),
  keyword('exclusiveMinimum', compared('>'), (limit: number, value) => amount(value) > limit, 'number'),
  keyword('exclusiveMaximum', compared('<'), (limit: number, value) => amount(value) < limit, 'number'),
  keyword('multipleOf', (of: number) => `must be multiple of ${of}`, isMultiple, 'number'),
  keyword(
    'enum',
    () => '',
    (allowed: readonly unknown[], value) => allowed.some((one) => areEqual(one, value)),
  ),
  keyword(
    'const',
    () => '',
    (allowed: unknown, value) => areEqual(allowed, value),
  ),
  keyword(
    'uniqueItems',
    () => '',
    (wanted: boolean, items) => !wanted || areUnique(items as unknown[]),
    'array',
  ),
]

/** Gives an Ajv keywords that compare numbers by their value. */
export function compareExactly(ajv: Ajv): void {
  for (const definition of keywords) {
    ajv.removeKeyword(definition.keyword as string)
    ajv.addKeyword(definition)
  }
}

function isMultiple(of: number, value: unknown): boolean {
  const whole = amount(value)
  if (typeof whole === 'bigint' && Number.isSafeInteger(of)) return whole % BigInt(of) === 0n
  return Number.isInteger(Number(whole) / of)
}

/** Of equal value, however its numbers are written and its members ordered. */
function areEqual(one: unknown, other: unknown): boolean {
  if (isNumber(one) && isNumber(other)) return areEqualNumbers(one, other)
  return one === other || (isContainer(one) && isContainer(other) && canonical(one) === canonical(other))
}

/** Ajv's own compares every two objects; this one hashes. */
export function areUnique(items: readonly unknown[]): boolean {
  return new Set(items.map(canonical)).size === items.length
}

function canonical(value: unknown): string {
  return printByValue(sorted(value))
}

function sorted(value: unknown): unknown {
  if (!isContainer(value)) return value
  if (Array.isArray(value)) return value.map(sorted)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, sorted(member)]))
}
