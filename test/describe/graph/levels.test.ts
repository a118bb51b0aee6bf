import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { levelsOf, withoutShortcuts } from '../../../src/describe/graph/levels.ts'

const waits = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 9 })
  .map((seeds) => seeds.map((list, index) => new Set(index === 0 ? [] : list.map((seed) => seed % index))))

describe('the levels of a flow', () => {
  test('put a step one below the lowest that it waits for', () => {
    expect(levelsOf([new Set(), new Set([0]), new Set([0, 1]), new Set()])).toEqual([0, 1, 2, 0])
  })

  test('leave out a wait that follows from others', () => {
    expect(withoutShortcuts([new Set(), new Set([0]), new Set([0, 1])])).toEqual([
      new Set(),
      new Set([0]),
      new Set([1]),
    ])
  })

  test('are the same without shortcuts', () => {
    fc.assert(fc.property(waits, (list) => expect(levelsOf(withoutShortcuts(list))).toEqual(levelsOf(list))))
  })
})
