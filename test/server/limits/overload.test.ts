import { beforeEach, describe, expect, test } from '@jest/globals'
import { priorities } from '../../../src/backends/admission/policy.ts'
import { Overload } from '../../../src/server/limits/overload.ts'
import { FakeClock } from '../../backends/support/fake-clock.ts'

const [critical, high, normal, low] = priorities.map((_name, rank) => rank) as [number, number, number, number]
let clock: FakeClock
let heap: number
let told: boolean[]

beforeEach(() => {
  clock = new FakeClock()
  heap = 0.2
  told = []
})

function watch(lowestRank = low): Overload {
  return new Overload({
    clock,
    policy: () => ({ loopDelayMs: 50, heap: 0.9 }),
    ranks: () => ({ lowest: lowestRank, highest: critical }),
    random: () => 0.5,
    heapUse: () => heap,
    busyShare: () => 0.5,
    onChange: (isShedding) => void told.push(isShedding),
  })
}

/** Every probe comes so late. */
async function lag(ms: number, probes: number): Promise<void> {
  for (let probe = 0; probe < probes; probe++) {
    clock.skip(25 + ms)
    await clock.advance(0)
  }
}

const shedBy = (overload: Overload) => [critical, high, normal, low].filter((rank) => overload.sheds(rank))

describe('overload of the process', () => {
  test('is not seen in a few long pauses', async () => {
    const overload = watch()
    await lag(1500, 2)
    await lag(0, 1)
    await lag(400, 2)
    await lag(0, 10)
    // A heavy reload in slices, or less than a second of any trouble.
    await lag(80, 10)
    expect([overload.isShedding, told]).toEqual([false, []])
    overload.close()
    expect(clock.pending).toBe(0)
  })

  test('sheds the lowest class first, then the next, and never the first', async () => {
    const overload = watch()
    await lag(80, 18)
    expect(shedBy(overload)).toEqual([low])
    await lag(80, 6)
    expect(shedBy(overload)).toEqual([normal, low])
    await lag(80, 200)
    expect(shedBy(overload)).toEqual([high, normal, low])
    expect(told).toEqual([true])
    overload.close()
  })

  test('begins with the lowest class that any route has', async () => {
    const overload = watch(normal)
    await lag(200, 6)
    expect(shedBy(overload)).toEqual([normal, low])
    overload.close()
  })

  test('goes on between half the delay and all of it, and ends below', async () => {
    const overload = watch()
    await lag(80, 20)
    await lag(40, 100)
    expect(overload.isShedding).toBe(true)
    await lag(5, 400)
    expect([overload.isShedding, told]).toEqual([false, [true, false]])
    overload.close()
  })

  test('is seen in a heap that is full', async () => {
    const overload = watch()
    heap = 0.95
    await lag(0, 30)
    expect(overload.sheds(low)).toBe(true)
    heap = 0.5
    await lag(0, 400)
    expect(overload.isShedding).toBe(false)
    overload.close()
  })
})
