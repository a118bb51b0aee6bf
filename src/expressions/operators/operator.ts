import { GatewayError } from '../../errors.ts'
import { isObject } from '../container.ts'
import { typeOf } from '../schema.ts'
import type { Operator, OperatorParser } from '../template/nodes.ts'

/** Declares an operator; it is known once it stands in the list of `index.ts`. */
export function defineOperator<Config>(operator: Operator<Config>): Operator {
  return operator as Operator
}

/** Keys that no template writes into an object. */
export const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** A list that an operator works on; undefined for what is absent or null, an error for anything else. */
export function asList(operator: string, value: unknown): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined
  return Array.isArray(value) ? value : misfit(operator, 'a list', value)
}

/** An object that an operator works on; undefined for what is absent or null, an error for anything else. */
export function asObject(operator: string, value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || value === null) return undefined
  return isObject(value) ? value : misfit(operator, 'an object', value)
}

/** Data that does not have the shape its template asks for is a backend's fault, not the client's. */
export function misfit(operator: string, wanted: string, value: unknown): never {
  throw new GatewayError('invalid-response', {
    detail: `\`${operator}\` needs ${wanted}, it got ${typeOf(value) ?? 'nothing'}`,
  })
}

/** The text of a key that names a member. */
export function parseName(key: string, value: unknown, parser: OperatorParser, ...path: string[]): string | undefined {
  if (typeof value === 'string' && value !== '' && !unsafeKeys.has(value)) return value
  parser.fault('invalid-value', `\`${key}\` is the name of a member`, [...path, key])
  return undefined
}
