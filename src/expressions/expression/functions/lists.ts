import { isNumber } from '../../../numbers.ts'
import { keyOfValue } from '../../value-key.ts'
import { spend } from '../../work.ts'
import { splitCodePoints } from '../code-points.ts'
import { binaryOperators } from '../operators.ts'
import { fail } from '../scope.ts'
import { sortBy } from '../sorting.ts'
import type { Type } from '../types.ts'
import { dyn } from '../types.ts'
import {
  bool,
  double,
  global,
  int,
  type Library,
  list,
  maxListLength,
  method,
  number,
  sameList,
  string,
} from './define.ts'

export function distinct(values: readonly unknown[]): unknown[] {
  const seen = new Map<unknown, unknown>()
  for (const value of values) {
    const key = keyOfValue(value)
    if (!seen.has(key)) seen.set(key, value)
  }
  return [...seen.values()]
}

function flatten(values: readonly unknown[], depth = 1): unknown[] {
  if (!Number.isInteger(depth) || depth < 0) return fail('flatten() goes to a depth from 0')
  let flat = [...values]
  for (let level = 0; level < depth && flat.some(Array.isArray); level++) {
    const length = flat.reduce((sum: number, value) => sum + (Array.isArray(value) ? value.length : 1), 0)
    if (length > maxListLength) fail('a list grew too long')
    spend(length)
    flat = flat.flat()
  }
  return flat
}

function slice(values: readonly unknown[], from: number, to: number): unknown[] {
  const isInside = [from, to].every((position) => Number.isInteger(position) && position >= 0)
  if (!isInside || from > to || to > values.length) fail('slice() goes beyond the list')
  return values.slice(from, to)
}

function range(count: number): number[] {
  if (!Number.isInteger(count) || count > maxListLength)
    fail(`lists.range() counts to a whole number below ${maxListLength}`)
  spend(Math.max(0, count))
  return Array.from({ length: Math.max(0, count) }, (_, index) => index)
}

const reverseOf = (given: Type): Type => (given.kind === 'string' ? string : given.kind === 'list' ? given : dyn)

function reverse(value: string | readonly unknown[]): unknown {
  return typeof value === 'string' ? splitCodePoints(value).reverse().join('') : [...value].reverse()
}

function sum(values: readonly unknown[]): unknown {
  const add = binaryOperators['+']!.apply
  return values.reduce((total, value) => (isNumber(value) ? add(total, value) : fail('sum() is of numbers')), 0)
}

const elementOf = (given: Type): Type => ({ ...(given.element ?? dyn), optional: true })
const sumOf = ({ element }: Type): Type => (element?.kind === 'int' ? int : double)
const flatOf = ({ element }: Type): Type => (element?.kind === 'list' ? element : { kind: 'list' })

export const listFunctions: Library = {
  title: 'Lists',
  functions: [
    method('distinct', [list], sameList, distinct, {
      summary: 'Each value once, where it first stood.',
      example: ["[1, 'a', 1.0, 'a'].distinct()", "[1, 'a']"],
    }),
    method('flatten', [list], flatOf, (values: readonly unknown[]) => flatten(values), {
      summary: 'Lists in a list become their elements, one level deep unless a depth is given.',
      example: ['[1, [2, [3]]].flatten()', '[1, 2, [3]]'],
    }),
    method('flatten', [list, number], { kind: 'list' }, flatten),
    method('sort', [list], sameList, (values: readonly unknown[]) => sortBy(values, values), {
      summary: 'In ascending order: numbers, texts, booleans, timestamps or durations, all of one kind.',
      example: ['[3, 1, 2.5].sort()', '[1, 2.5, 3]'],
    }),
    method('slice', [list, number, number], sameList, slice, {
      summary: 'The elements from one position to before another.',
      example: ['[1, 2, 3, 4].slice(1, 3)', '[2, 3]'],
    }),
    method('reverse', [['list', 'string']], reverseOf, reverse, {
      summary: 'A list or a text from its end to its beginning.',
      example: ['[1, 2, 3].reverse()', '[3, 2, 1]'],
    }),
    method('first', [list], elementOf, ([value]: readonly unknown[]) => value, {
      summary: 'The first element as an optional: none of an empty list.',
      example: ['[1, 2].first().orValue(0)', '1'],
    }),
    method('last', [list], elementOf, (values: readonly unknown[]) => values.at(-1), {
      summary: 'The last element as an optional: none of an empty list.',
      example: ['[1, 2].last().orValue(0)', '2'],
    }),
    method('sum', [list], sumOf, sum, {
      summary: 'The sum of numbers; 0 of none.',
      example: ['[1, 2, 3.5].sum()', '6.5'],
    }),
    global('lists.range', [number], { kind: 'list', element: int }, range, {
      summary: 'The whole numbers from 0 to before one.',
      example: ['lists.range(3)', '[0, 1, 2]'],
    }),
  ],
}

const keysOf = (values: readonly unknown[]) => new Set(values.map(keyOfValue))

function hasAll(values: readonly unknown[], some: readonly unknown[]): boolean {
  const keys = keysOf(values)
  return some.every((value) => keys.has(keyOfValue(value)))
}

export const setFunctions: Library = {
  title: 'Sets',
  functions: [
    global('sets.contains', [list, list], bool, hasAll, {
      summary: 'Whether a list has every element of another.',
      example: ['sets.contains([1, 2, 3], [3, 1.0])', 'true'],
    }),
    global(
      'sets.equivalent',
      [list, list],
      bool,
      (one: readonly unknown[], other: readonly unknown[]) => hasAll(one, other) && hasAll(other, one),
      { summary: 'Whether two lists have the same elements.', example: ['sets.equivalent([1, 2, 2], [2, 1])', 'true'] },
    ),
    global(
      'sets.intersects',
      [list, list],
      bool,
      (one: readonly unknown[], other: readonly unknown[]) => {
        const keys = keysOf(one)
        return other.some((value) => keys.has(keyOfValue(value)))
      },
      { summary: 'Whether two lists have an element in common.', example: ['sets.intersects([1, 2], [2, 3])', 'true'] },
    ),
  ],
}
