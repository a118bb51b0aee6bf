import { isDeepStrictEqual } from 'node:util'
import { expect } from '@jest/globals'

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

/** Jest's own comparison asks values for their `constructor`, which here is a name like any other. */
export function expectSame(received: unknown, expected: unknown): void {
  expect(isDeepStrictEqual(received, expected) ? 'the same' : { received, expected }).toBe('the same')
}
