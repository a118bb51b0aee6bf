import { isDeepStrictEqual } from 'node:util'
import { expect } from '@jest/globals'
import { printJson } from '../../../src/json-text.ts'

/** What stands at a path of a parsed value, undefined where there is nothing. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value
  for (const segment of path) {
    if (typeof found !== 'object' || found === null) return undefined
    if (Array.isArray(found) !== (typeof segment === 'number') || !Object.hasOwn(found, segment)) return undefined
    found = (found as Record<string | number, unknown>)[segment]
  }
  return found
}

/**
 * Jest's own comparison asks values for their `constructor`, which here is a name like any other. Numbers are the same as
 * they are printed: of decimals nobody else sees the text.
 */
export function expectSame(received: unknown, expected: unknown): void {
  const areSame = isDeepStrictEqual(received, expected) && printJson(received) === printJson(expected)
  expect(areSame ? 'the same' : { received, expected }).toBe('the same')
}
