import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { isNestedDeeperThan } from '../../src/formats/nesting.ts'

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

describe('isNestedDeeperThan', () => {
  test('agrees with the depth of the parsed value', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'a') })
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 8 }, text, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }))
    fc.assert(
      fc.property(value, fc.nat(10), (json, limit) => {
        expect(isNestedDeeperThan(limit, JSON.stringify(json))).toBe(depthOf(json) > limit)
      }),
    )
  })

  test('answers for text that is not JSON too', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}') }), fc.nat(5), (text, limit) => {
        expect(typeof isNestedDeeperThan(limit, text)).toBe('boolean')
      }),
    )
  })
})
