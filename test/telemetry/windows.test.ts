import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { HistogramFamily, ScalarFamily, type Series } from '../../src/telemetry/families.ts'
import { MetricWindows, quantileOf } from '../../src/telemetry/windows.ts'
import { afterTest } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'

const all = () => true

function watch(family: { readonly all: Iterable<Series> }, keep = 13) {
  const clock = new FakeClock()
  const windows = new MetricWindows({ clock, series: () => family.all, names: ['x'], everyMs: 5000, keep })
  afterTest(() => windows.close())
  return { clock, windows }
}

test('a counter grew by what was counted in the stretch that is asked for, and in no other', async () => {
  const family = new ScalarFamily('counter', 'x', '', ['route'])
  const home = family.bind('home')
  home.value = 7
  const { clock, windows } = watch(family)
  home.value += 3
  await clock.advance(10_000)
  home.value += 4
  await clock.advance(5000)
  expect(windows.growth('x', all, 5000).count).toBe(4)
  expect(windows.growth('x', all, 15_000).count).toBe(7)
  expect(windows.growth('x', all, 15_000, 5000)).toMatchObject({ count: 3, ms: 10_000 })
  // What was counted before anybody looked is of no stretch that is known.
  expect(windows.growth('x', all, 3_600_000).count).toBe(7)
})

test('what is bound later had counted nothing, and what is forgotten counts no more', async () => {
  const family = new ScalarFamily('counter', 'x', '', ['route'])
  const { clock, windows } = watch(family)
  await clock.advance(20_000)
  family.bind('late').value = 5
  expect(windows.growth('x', ({ route }) => route === 'late', 20_000).count).toBe(5)
  family.retain('route', new Set())
  expect(windows.growth('x', all, 20_000).count).toBe(0)
})

test('a ring that is full tells of its own time only', async () => {
  const family = new ScalarFamily('counter', 'x', '', [])
  const one = family.bind()
  const { clock, windows } = watch(family, 4)
  for (let turn = 0; turn < 20; turn++) {
    one.value += 1
    await clock.advance(5000)
  }
  expect(windows.growth('x', all, 10_000)).toMatchObject({ count: 2, ms: 10_000 })
  expect(windows.growth('x', all, 60_000)).toMatchObject({ count: 3, ms: 15_000 })
})

test('a quantile lies in the bucket that its observation fell in', () => {
  const bounds = [0.01, 0.1, 1]
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 0.99, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, share) => {
        const family = new HistogramFamily('x', '', [], bounds)
        const histogram = family.bind()
        const { windows } = watch(family)
        for (const value of values) histogram.observe(value)
        const told = quantileOf(windows.growth('x', all, 5000), share)!
        const sorted = [...values].sort((a, b) => a - b)
        const exact = sorted[Math.ceil(share * values.length - 1e-9) - 1] ?? sorted[0]!
        const bucket = bounds.findIndex((bound) => exact <= bound)
        expect(told).toBeLessThanOrEqual(bounds[bucket]!)
        expect(told).toBeGreaterThanOrEqual(bounds[bucket - 1] ?? 0)
      },
    ),
  )
  expect(quantileOf({ count: 0, buckets: [0, 0], bounds: [1], ms: 0 }, 0.5)).toBeUndefined()
})
