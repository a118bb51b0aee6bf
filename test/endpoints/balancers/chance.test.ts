import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Candidate, Weighted } from '../../../src/endpoints/balancers/balancer.ts'
import { hashText, hashValue } from '../../../src/endpoints/balancers/hash.ts'
import { candidates, countPicks, createBalancer } from '../../support/balancers.ts'
import { FakeClock } from '../../support/fake-clock.ts'

describe('random', () => {
  test('is as likely as the weights say', () => {
    const list = candidates(5, 1, 1)
    const balancer = createBalancer('random', list)
    const counts = countPicks(
      list,
      Array.from({ length: 70_000 }, () => balancer.pick(undefined, undefined)),
    )
    counts.forEach((count, index) => {
      expect(Math.abs(count / 10_000 - list[index]!.weight)).toBeLessThan(0.1)
    })
  })
})

describe('least-requests', () => {
  test('never gives the busiest of three', () => {
    const list = candidates(1, 1, 1)
    const balancer = createBalancer('least-requests', list)
    for (let call = 0; call < 10; call++) list[2]!.node.load.begin()
    for (let call = 0; call < 100; call++) expect(balancer.pick(undefined, undefined)).not.toBe(list[2]!.node)
  })

  test('keeps calls under way in proportion to the weights', () => {
    const list = candidates(4, 2, 2)
    const balancer = createBalancer('least-requests', list)
    for (let call = 0; call < 800; call++) balancer.pick(undefined, undefined).load.begin()
    const [first = 0, second = 0, third = 0] = list.map(({ node }) => node.load.inFlight)
    expect(Math.abs(first - 400)).toBeLessThan(20)
    expect(Math.abs(second - third)).toBeLessThan(20)
  })
})

/** Calls, one every `everyMs`, on endpoints that take `tookMs(index)`; gives how many each got. */
function serve(
  list: readonly Weighted<Candidate>[],
  calls: number,
  everyMs: number,
  outcomeOf: (index: number) => { ms: number; failed?: boolean },
): number[] {
  const clock = new FakeClock()
  const balancer = createBalancer('least-latency', list, clock)
  const ends: { at: number; end: () => void }[] = []
  const picks: Candidate[] = []
  for (let call = 0; call < calls; call++) {
    for (const due of ends.filter(({ at }) => at <= clock.now())) {
      due.end()
      ends.splice(ends.indexOf(due), 1)
    }
    const node = balancer.pick(undefined, undefined)
    const { ms, failed = false } = outcomeOf(list.findIndex((one) => one.node === node))
    picks.push(node)
    node.load.begin()
    const at = clock.now() + ms
    ends.push({ at, end: () => node.load.end(at, ms, failed) })
    clock.skip(everyMs)
  }
  return countPicks(list, picks)
}

describe('least-latency', () => {
  test('gives less than 10 % to one of three that takes ten times as long', () => {
    const counts = serve(candidates(1, 1, 1), 10_000, 2, (index) => ({ ms: index === 1 ? 100 : 10 }))
    expect(counts[1]).toBeLessThan(1000)
    expect(counts[1]).toBeGreaterThan(0)
    for (const index of [0, 2]) expect(counts[index]).toBeGreaterThan(4000)
  })

  test('does not run to one that fails at once', () => {
    const counts = serve(candidates(1, 1, 1), 10_000, 2, (index) =>
      index === 0 ? { ms: 1, failed: true } : { ms: 20 },
    )
    expect(counts[0]).toBeLessThan(500)
  })
})

describe('consistent-hash', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => hashValue(`user-${index}`))

  test.each([[[1, 1, 1, 1, 1]], [[3, 1, 2, 1, 1]]])(
    'moves the keys of an endpoint of %j that leaves and no other, and they come back with it',
    (weights) => {
      const list = candidates(...weights)
      const balancer = createBalancer('consistent-hash', list)
      const before = keys.map((key) => balancer.pick(undefined, key))
      balancer.update(list.slice(1))
      const during = keys.map((key) => balancer.pick(undefined, key))
      const moved = keys.filter((_, index) => during[index] !== before[index]).length
      const owned = before.filter((node) => node === list[0]!.node).length
      expect(moved).toBe(owned)
      const share = weights[0]! / weights.reduce((sum, weight) => sum + weight, 0)
      expect(Math.abs(moved / keys.length - share)).toBeLessThan(0.01)
      balancer.update(list)
      expect(keys.map((key) => balancer.pick(undefined, key))).toEqual(before)
    },
  )

  test('does not hang on the order of the endpoints, so that all gateways agree', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(candidates(1, 2, 3, 4), { minLength: 4 }), fc.string(), (shuffled, text) => {
        const hash = hashText(text)
        const sorted = [...shuffled].sort((one, other) => (one.node.id < other.node.id ? -1 : 1))
        expect(createBalancer('consistent-hash', shuffled).pick(undefined, hash).id).toBe(
          createBalancer('consistent-hash', sorted).pick(undefined, hash).id,
        )
      }),
    )
  })

  test('gives any endpoint when the color is absent', () => {
    const list = candidates(1, 1, 1)
    const balancer = createBalancer('consistent-hash', list)
    const counts = countPicks(
      list,
      Array.from({ length: 300 }, () => balancer.pick(undefined, undefined)),
    )
    for (const count of counts) expect(count).toBeGreaterThan(60)
  })

  test('takes a number and a text that look the same for the same, and null for absent', () => {
    expect(hashValue(7)).toBe(hashValue('7'))
    expect(hashValue(null)).toBeUndefined()
    expect(hashValue({ a: 1 })).toBe(hashValue({ a: 1 }))
  })
})
