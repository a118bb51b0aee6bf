import { describe, expect, test } from '@jest/globals'
import { Condition } from '../../../src/endpoints/health/condition.ts'
import { Outliers } from '../../../src/endpoints/health/outliers.ts'
import { defaultOutlier, type Failover, type OutlierPolicy } from '../../../src/endpoints/health/policy.ts'
import { FakeClock } from '../../support/fake-clock.ts'

function start(count: number, policy: Partial<OutlierPolicy> = {}, failover: Failover = 'retry', isChecked = false) {
  const clock = new FakeClock()
  const nodes = Array.from({ length: count }, () => ({ condition: new Condition(0) }))
  const rests: number[] = []
  const outliers = new Outliers<(typeof nodes)[number]>({
    clock,
    policy: { ...defaultOutlier, ...policy },
    failover,
    isChecked,
    count: () => ({
      all: nodes.length,
      resting: nodes.filter(({ condition }) => condition.restsUntil !== undefined).length,
    }),
    onEject: (_node, ms) => rests.push(ms),
    onBack() {},
  })
  const fail = (index: number, times = 5) => {
    for (let time = 0; time < times; time++) outliers.ended(nodes[index]!, true)
  }
  const states = () => nodes.map(({ condition }) => condition.state)
  return { clock, nodes, outliers, rests, fail, states }
}

describe('outliers', () => {
  test('rest after so many failures in a row, which a success interrupts', () => {
    const { nodes, outliers, fail, states } = start(3)
    fail(0, 4)
    outliers.ended(nodes[0]!, false)
    fail(0, 4)
    expect(states()).toEqual(['healthy', 'healthy', 'healthy'])
    expect(outliers.ended(nodes[0]!, true)).toBe(true)
    expect(states()).toEqual(['ejected', 'healthy', 'healthy'])
  })

  test('come back when one call on trial did well', async () => {
    const { clock, nodes, outliers, fail, states } = start(3)
    fail(0)
    await clock.advance(9999)
    expect(states()[0]).toBe('ejected')
    await clock.advance(1)
    expect(states()[0]).toBe('on-trial')
    outliers.ended(nodes[0]!, false)
    expect(states()[0]).toBe('healthy')
    expect(nodes[0]!.condition.since).toBe(clock.now())
  })

  test('rest longer each time, up to thirty times, and that wears off', async () => {
    const { clock, nodes, outliers, rests, fail } = start(3)
    fail(0)
    for (let round = 0; round < 40; round++) {
      await clock.advance(rests.at(-1)!)
      fail(0, 1)
    }
    expect(rests.slice(0, 4)).toEqual([10_000, 20_000, 30_000, 40_000])
    expect(rests.at(-1)).toBe(300_000)
    await clock.advance(300_000)
    outliers.ended(nodes[0]!, false)
    await clock.advance(280_000)
    fail(0)
    expect(rests.at(-1)).toBe(30_000)
  })

  test.each([
    [1, 0.5, 0],
    [2, 0.5, 1],
    [3, 0.5, 1],
    [4, 0.5, 2],
    [4, 1, 4],
  ])('of %d at most %d rest: %d', (count, maxEjected, resting) => {
    const { fail, states } = start(count, { maxEjected })
    for (let index = 0; index < count; index++) fail(index, 20)
    expect(states().filter((state) => state === 'ejected')).toHaveLength(resting)
  })

  test('with health checks come back without a trial when their rest is over', async () => {
    const { clock, fail, states } = start(3, {}, 'retry', true)
    fail(0)
    await clock.advance(10_000)
    expect(states()[0]).toBe('healthy')
  })

  test('that are left (`stop`) stay so until they are found well', async () => {
    const { clock, nodes, outliers, fail, states } = start(3, {}, 'stop', true)
    fail(0)
    await clock.advance(10_000_000)
    expect(states()[0]).toBe('ejected')
    outliers.recovered(nodes[0]!)
    expect(states()[0]).toBe('healthy')
  })

  test('leave no timer behind when they are forgotten', () => {
    const { clock, nodes, outliers, fail } = start(3)
    fail(0)
    outliers.forget(nodes[0]!)
    expect(clock.pending).toBe(0)
  })
})
