import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createRandom } from '../../bench/life/random.ts'
import { findDrift, fitLine, judgeDrift, median, percentile } from '../../bench/life/statistics.ts'

/** Without -0, of which Math.min and interpolation think differently. */
const values = fc.array(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
  { minLength: 1 },
)

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

describe('the drift over a soak of ten minutes', () => {
  /** A sample every ten seconds. */
  const minutes = Array.from({ length: 60 }, (_, index) => index / 6)
  const bound = 0.5
  const judge = (held: (minute: number) => number) => judgeDrift(findDrift(minutes.map((at) => [at, held(at)])), bound)
  /** About normal, with a standard deviation of 1. */
  const noise = (random: () => number) => () => Array.from({ length: 12 }, random).reduce((sum, one) => sum + one) - 6
  const seeds = Array.from({ length: 50 }, (_, seed) => seed + 1)

  test('is flat where nothing grows', () => {
    const rough = noise(createRandom(7))
    expect(judge(() => 150 + 0.3 * rough())).toBe('flat')
    expect(judge(() => 150)).toBe('flat')
  })

  test('is flat where less and less is held', () => {
    expect(judge((minute) => 150 - minute)).toBe('flat')
  })

  test('is flat where it settles late, and where a burst makes it take one step', () => {
    const rough = noise(createRandom(8))
    expect(judge((minute) => 170 - 20 * Math.exp(-minute) + 0.3 * rough())).toBe('flat')
    for (const at of [1, 4, 5, 6, 9]) {
      expect(judge((minute) => 150 + (minute > at ? 20 : 0) + 0.3 * rough())).toBe('flat')
    }
  })

  test('is growing where one megabyte a minute leaks, also while it settles and after a step', () => {
    const rough = noise(createRandom(9))
    expect(judge((minute) => 150 + minute + 0.3 * rough())).toBe('growing')
    expect(judge((minute) => 200 - 60 * Math.exp(-minute) + minute + 0.3 * rough())).toBe('growing')
    expect(judge((minute) => 150 + (minute > 5 ? 20 : 0) + minute + 0.3 * rough())).toBe('growing')
  })

  test('is never flat where one megabyte a minute leaks, however rough it is', () => {
    for (const roughness of [0.3, 1, 2]) {
      const flats = seeds.filter((seed) => {
        const rough = noise(createRandom(seed))
        return judge((minute) => 150 + minute + roughness * rough()) === 'flat'
      })
      expect(flats).toEqual([])
    }
  })

  test('is undecided where it swings more than can be seen through', () => {
    const rough = noise(createRandom(10))
    expect(judge(() => 150 + 10 * rough())).toBe('undecided')
  })

  test('needs nine samples', () => {
    expect(() => findDrift(minutes.slice(0, 8).map((at) => [at, 0]))).toThrow('nine points')
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
