import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ResponseTimes } from '../../../src/operations/policies/hedge/response-times.ts'

const exactQuantile = (times: readonly number[], quantile: number) =>
  [...times].sort((a, b) => a - b)[Math.max(1, Math.ceil(quantile * times.length - 1e-9)) - 1]!

describe('a percentile of response times', () => {
  test('is within 2 % of the exact one', () => {
    // Even in the logarithm, from 0.2 ms to a minute.
    const time = fc.double({ min: Math.log(0.2), max: Math.log(60_000), noNaN: true }).map(Math.exp)
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 512, maxLength: 512 }),
        fc.constantFrom(0.5, 0.75, 0.9, 0.95, 0.99),
        (times, quantile) => {
          const known = new ResponseTimes(quantile, 0)
          for (const ms of times) known.observe(0, ms)
          // It looks again every 16 observations, and as soon as it has seen enough.
          const fewest = Math.max(20, Math.round(5 / (1 - quantile)))
          const looked = fewest + Math.floor((times.length - fewest) / 16) * 16
          const exact = exactQuantile(times.slice(0, looked), quantile)
          expect(Math.abs(known.expectedMs(0)! - exact)).toBeLessThanOrEqual(exact * 0.02)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('is not known before five calls are to lie above it', () => {
    for (const [quantile, fewest] of [
      [0.5, 20],
      [0.9, 50],
      [0.95, 100],
      [0.99, 500],
    ] as const) {
      const known = new ResponseTimes(quantile, 0)
      for (let call = 1; call < fewest; call++) known.observe(0, 10)
      expect(known.expectedMs(0)).toBeUndefined()
      known.observe(0, 10)
      expect(known.expectedMs(0)).toBeCloseTo(10, 0)
    }
  })

  test('forgets what is older than a minute', () => {
    const known = new ResponseTimes(0.5, 0)
    for (let call = 0; call < 100; call++) known.observe(0, 1000)
    for (let second = 1; second < 60; second++) {
      for (let call = 0; call < 10; call++) known.observe(second * 1000, second < 55 ? 1000 : 20)
    }
    expect(known.expectedMs(59_000)).toBeCloseTo(1000, -2)
    for (let second = 60; second < 115; second++) for (let call = 0; call < 10; call++) known.observe(second * 1000, 20)
    expect(known.expectedMs(115_000)).toBeCloseTo(20, 0)
    expect(known.expectedMs(500_000)).toBeUndefined()
  })

  test('takes times of any length', () => {
    const known = new ResponseTimes(0.5, 0)
    for (const ms of [0, -1, 1e-9, 1e12, Number.POSITIVE_INFINITY])
      for (let call = 0; call < 5; call++) known.observe(0, ms)
    expect(known.expectedMs(0)).toBeGreaterThan(0)
  })
})
