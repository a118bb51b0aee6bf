import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import leven from 'leven'
import { listNames, suggest } from '../../src/diagnostics/suggest.ts'

describe('the name that was meant', () => {
  test.each([
    ['the nearest', 'colr', ['floor', 'color', 'collar'], 'color'],
    ['of two that are as near, the one that begins alike', 'bat', ['cat', 'bag'], 'bag'],
    ['two letters that changed places before one that is wrong', 'form', ['for', 'from'], 'from'],
    ['nothing when none is near', 'price', ['banner', 'segment'], undefined],
    ['two letters only when they changed places', 'di', ['do', 'id'], 'id'],
    ['whatever its case', 'USER.ID', ['user.id'], 'user.id'],
  ])('is %s', (_case, name, candidates, meant) => {
    expect(suggest(name, candidates)).toBe(meant)
  })

  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 3, maxLength: 9 })

  test('is no further than any other', () => {
    fc.assert(
      fc.property(letters, fc.array(letters, { maxLength: 20 }), (name, candidates) => {
        const meant = suggest(name, candidates)
        const nearest = Math.min(...candidates.map((candidate) => leven(name, candidate)))
        const tolerance = Math.ceil(name.length / 3)
        if (meant !== undefined) expect(leven(name, meant)).toBeLessThanOrEqual(Math.max(nearest, 2))
        // Letters that changed places are two edits, and near all the same.
        else expect(nearest).toBeGreaterThan(tolerance)
      }),
    )
  })
})

test('names are listed, of many the first', () => {
  expect(listNames([])).toBe('none')
  expect(listNames(['a', 'b'])).toBe('a, b')
  expect(listNames(Array.from({ length: 10_000 }, (_, index) => `n${index}`))).toMatch(
    /^n0, n1, .*, n19 and 9980 more$/,
  )
})
