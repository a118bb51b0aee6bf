import type { CelFunction } from '../scope.ts'
import type { CelType, Type } from '../types.ts'
import { bool, double, int, string } from '../types.ts'

export type Kinds = readonly CelType[]

/** What is told of a function where it is listed. */
export interface About {
  readonly summary: string
  /** An expression and what it equals: `["size('a')", '1']`. */
  readonly example: readonly [expression: string, value: string]
}

/** Functions that belong together, as the reference lists them. */
export interface Library {
  readonly title: string
  readonly functions: readonly CelFunction[]
}

type More = Partial<About> & Pick<CelFunction, 'exact' | 'isVariadic' | 'isVolatile' | 'refuse'>

/** `a.f(b)`; `takes` begins with what it is called on. */
export function method(
  name: string,
  takes: readonly Kinds[],
  gives: CelFunction['gives'],
  call: CelFunction['call'],
  more: More = {},
): CelFunction {
  return { name, form: 'method', takes, gives, call, ...more }
}

/** `f(a)`, or `space.f(a)` where the name has a dot. */
export function global(
  name: string,
  takes: readonly Kinds[],
  gives: CelFunction['gives'],
  call: CelFunction['call'],
  more: More = {},
): CelFunction {
  return { name, form: 'function', takes, gives, call, ...more }
}

export const text: Kinds = ['string']
export const number: Kinds = ['double']
export const list: Kinds = ['list']
export const anything: Kinds = []

export const texts: Type = { kind: 'list', element: string }
export const timestamp: Type = { kind: 'timestamp' }
export const duration: Type = { kind: 'duration' }
export { bool, double, int, string }

/** A list of what the list that it is called on has. */
export function sameList(given: Type): Type {
  return given.kind === 'list' ? given : { kind: 'list' }
}

/** The longest text that an expression makes. */
export const maxTextLength = 8 * 1024 * 1024
/** The longest list that an expression makes. */
export const maxListLength = 1_000_000
