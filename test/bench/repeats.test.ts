import { expect, test } from '@jest/globals'
import type { Measurement } from '../../bench/harness/measure.ts'
import { Repeats } from '../../bench/harness/repeats.ts'
import { inventMeasurement } from '../support/measurements.ts'

const quiet = inventMeasurement(150)
const noisy = inventMeasurement(300, { othersShare: 0.2 })

/** Gives these one after the other. */
function giving(...measurements: Measurement[]): () => Promise<Measurement> {
  return async () => measurements.shift()!
}

test('a noisy measurement is made again, and counted', async () => {
  const told: string[] = []
  const again = new Repeats(3, (line) => told.push(line))
  expect(await again.measure('page', giving(noisy, noisy, quiet))).toBe(quiet)
  expect([again.rejected, again.noisy]).toEqual([2, 0])
  expect(told).toEqual([
    'page: 300.0 µs/request, p50 7.3 ms  (other processes took 20 % of core 0: again)',
    'page: 300.0 µs/request, p50 7.3 ms  (other processes took 20 % of core 0: again)',
    'page: 150.0 µs/request, p50 7.3 ms',
  ])
})

test('a noisy measurement is kept when the repeats are used up, and counted', async () => {
  const again = new Repeats(1, () => {})
  expect(await again.measure('page', giving(noisy, noisy))).toBe(noisy)
  expect(await again.measure('page', giving(noisy))).toBe(noisy)
  expect([again.rejected, again.noisy]).toEqual([1, 2])
})

test('failed requests void a measurement, unless noise is to blame and it can be made again', async () => {
  const failed = { ...quiet, failures: 7 }
  await expect(new Repeats(3, () => {}).measure('page', giving(failed))).rejects.toThrow('7 requests to page failed')
  const again = new Repeats(1, () => {})
  expect(await again.measure('page', giving({ ...noisy, failures: 7 }, quiet))).toBe(quiet)
})
