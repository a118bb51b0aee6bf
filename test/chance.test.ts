import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { lawSeed, seededRandom } from './support/chance.ts'

const first = Array.from({ length: 5 }, Math.random)
const numbers = fc.array(fc.integer(), { minLength: 5, maxLength: 5 })

describe('a run of the suite draws the same as any other with its seed', () => {
  test('of a law', () => {
    const draw = (parameters?: fc.Parameters<[number[]]>) => {
      const drawn: number[][] = []
      fc.assert(
        fc.property(numbers, (some) => void drawn.push(some)),
        parameters,
      )
      return drawn
    }
    expect(draw()).toEqual(draw({ seed: lawSeed }))
  })

  test('of a sample', () => {
    expect(fc.sample(numbers, 20)).toEqual(fc.sample(numbers, { numRuns: 20, seed: lawSeed }))
  })

  test('of Math.random', () => {
    expect(first).toEqual(Array.from({ length: 5 }, seededRandom(lawSeed)))
  })
})
