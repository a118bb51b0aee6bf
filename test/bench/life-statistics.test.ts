import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createRandom } from '../../bench/life/random.ts'
import { fitLine, judgeGrowth, median, percentile } from '../../bench/life/statistics.ts'

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })

describe('a percentile', () => {
  test('is interpolated between the two nearest values', () => {
    expect(percentile([4, 1, 3, 2], 50)).toBe(2.5)
    expect(percentile([10, 20, 30], 99)).toBeCloseTo(29.8)
    expect(median([9, 1, 5])).toBe(5)
  })

  test('of 0 and 100 is the least and the most', () => {
    fc.assert(
      fc.property(values, (some) => {
        expect([percentile(some, 0), percentile(some, 100)]).toEqual([Math.min(...some), Math.max(...some)])
      }),
    )
  })

  test('grows with what is asked for', () => {
    fc.assert(
      fc.property(values, fc.nat(100), fc.nat(100), (some, one, other) => {
        const [low, high] = [one, other].sort((a, b) => a - b) as [number, number]
        expect(percentile(some, low)).toBeLessThanOrEqual(percentile(some, high))
      }),
    )
  })

  test('of nothing is no number', () => {
    expect(percentile([], 50)).toBeNaN()
  })
})

describe('a fitted line', () => {
  test('finds the slope of points that lie on one, without an error', () => {
    const { slope, slopeError } = fitLine([0, 1, 2, 5].map((x) => [x, 3 * x - 7]))
    expect(slope).toBeCloseTo(3)
    expect(slopeError).toBeCloseTo(0)
  })

  test('says how far its slope may be off', () => {
    // By hand: mean 2 and 2.25, spread 5, slope 0.7, squared errors 0.3 over two degrees of freedom.
    const { slope, slopeError } = fitLine([
      [0.5, 1],
      [1.5, 2],
      [2.5, 3],
      [3.5, 3],
    ])
    expect(slope).toBeCloseTo(0.7)
    expect(slopeError).toBeCloseTo(Math.sqrt(0.3 / 2 / 5))
  })

  test('needs three points', () => {
    expect(() => fitLine([[0, 1]])).toThrow('three points')
  })
})

describe('the growth over a soak', () => {
  const minutes = Array.from({ length: 60 }, (_, minute) => minute)
  const random = createRandom(7)

  test('is flat when it surely stays within the bound', () => {
    expect(
      judgeGrowth(
        minutes.map((minute) => [minute, 100 + random()]),
        2,
      ),
    ).toBe('flat')
  })

  test('is flat when what is held becomes less', () => {
    expect(
      judgeGrowth(
        minutes.map((minute) => [minute, 100 - minute]),
        2,
      ),
    ).toBe('flat')
  })

  test('is growing when it surely passes the bound', () => {
    expect(
      judgeGrowth(
        minutes.map((minute) => [minute, 100 + minute / 10 + random()]),
        2,
      ),
    ).toBe('growing')
  })

  test('is undecided when it swings more than it grows', () => {
    expect(
      judgeGrowth(
        [0, 1, 2].map((minute) => [minute, 100 + (minute === 1 ? 40 : 0)]),
        2,
      ),
    ).toBe('undecided')
  })
})

test('random numbers are spread evenly and the same for a seed', () => {
  const draw = (seed: number) => {
    const random = createRandom(seed)
    return Array.from({ length: 1000 }, random)
  }
  const drawn = draw(1)
  expect(drawn).toEqual(draw(1))
  expect(drawn).not.toEqual(draw(2))
  expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
  for (const tenth of [0, 0.5, 0.9]) {
    const share = drawn.filter((number) => number >= tenth && number < tenth + 0.1).length / drawn.length
    expect(Math.abs(share - 0.1)).toBeLessThan(0.04)
  }
})
