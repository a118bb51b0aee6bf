import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Location } from '../../src/diagnostics/diagnostic.ts'
import { Regions } from '../../src/diagnostics/regions.ts'

const file = 'a.yaml'
const width = 5
/** Offsets of a text whose lines all have the same width, as places. */
const lineOf = (offset: number) => 1 + Math.floor(offset / width)
const columnOf = (offset: number) => 1 + (offset % width)
const between = (start: number, end: number): Location => ({
  file,
  line: lineOf(start),
  column: columnOf(start),
  endLine: lineOf(end),
  endColumn: columnOf(end),
})

/** Stretches as values have them: of any two, one lies in the other or they lie apart. */
const nested = fc
  .array(fc.tuple(fc.nat(40), fc.integer({ min: 1, max: 20 })), { maxLength: 8 })
  .map((pairs) => pairs.map(([start, length]) => [start, start + length] as const))
  .map((all) => {
    const kept: (readonly [number, number])[] = []
    for (const [start, end] of all) {
      const isApart = kept.every(
        ([from, to]) => end <= from || to <= start || (from <= start && end <= to) || (start <= from && to <= end),
      )
      if (isApart) kept.push([start, end])
    }
    return kept
  })

test('a place lies in regions when it lies in one of them', () => {
  fc.assert(
    fc.property(nested, fc.nat(60), (all, at) => {
      const regions = new Regions(all.map(([start, end]) => between(start, end)))
      expect(regions.contain(between(at, at + 1))).toBe(all.some(([start, end]) => start <= at && at < end))
      expect(regions.contain({ ...between(at, at + 1), file: 'b.yaml' })).toBe(false)
    }),
  )
})
