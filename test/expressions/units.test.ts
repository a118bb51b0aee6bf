import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseDuration, parseRate, parseShare, parseSize } from '../../src/expressions/units.ts'

describe('quantities', () => {
  test('durations are milliseconds', () => {
    expect(['150ms', '3s', '10m', '1h', '7d', '1.5s', '0', 0].map(parseDuration)).toEqual([
      150, 3000, 600_000, 3_600_000, 604_800_000, 1500, 0, 0,
    ])
    expect([5, '5', '5w', '-1s', '1 s', 's', '', null, '1e3s'].map(parseDuration)).toEqual(Array(9).fill(undefined))
  })

  test('sizes are bytes, 1024 to the kilobyte', () => {
    expect(['64KB', '2MB', '512B', '1GB', 100].map(parseSize)).toEqual([65_536, 2_097_152, 512, 1_073_741_824, 100])
    expect(['64', '64kb', -1, 1.5, Number.NaN, {}].map(parseSize)).toEqual(Array(6).fill(undefined))
  })

  test('rates are events per second', () => {
    expect(['100/s', '600/m', '3600/h'].map(parseRate)).toEqual([100, 10, 1])
    expect(['100', 100, '/s', '1/d'].map(parseRate)).toEqual(Array(4).fill(undefined))
  })

  test('shares are between 0 and 1', () => {
    expect(['50%', '0%', '100%', '0.5%'].map(parseShare)).toEqual([0.5, 0, 1, 0.005])
    expect(['101%', '-1%', 0.5, '0.5', '%'].map(parseShare)).toEqual(Array(5).fill(undefined))
  })

  test('whatever else stands there is none of them', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const parse of [parseDuration, parseSize, parseRate, parseShare]) {
          const found = parse(value)
          expect(found === undefined || (Number.isFinite(found) && found >= 0)).toBe(true)
        }
      }),
    )
  })
})
