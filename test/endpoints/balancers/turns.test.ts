import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Candidate } from '../../../src/endpoints/balancers/balancer.ts'
import { balancers } from '../../../src/endpoints/balancers/index.ts'
import { candidates, countPicks, createBalancer } from '../../support/balancers.ts'

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })

/** The longest row of picks of one candidate. */
function longestRow(picks: readonly Candidate[]): number {
  let longest = 0
  let row = 0
  picks.forEach((pick, index) => {
    row = pick === picks[index - 1] ? row + 1 : 1
    longest = Math.max(longest, row)
  })
  return longest
}

describe.each(['weighted', 'round-robin'])('%s', (name) => {
  test('gives 10,000 calls to weights 5, 1, 1 as 5 to 1 to 1, and no long row to any', () => {
    const list = candidates(5, 1, 1)
    const balancer = createBalancer(name, list)
    const picks = Array.from({ length: 10_000 }, () => balancer.pick(undefined, undefined))
    countPicks(list, picks).forEach((count, index) => {
      const wanted = (10_000 * list[index]!.weight) / 7
      expect(Math.abs(count - wanted)).toBeLessThanOrEqual(wanted / 100)
    })
    // a a b a c a a, and again: the two at the end and the two at the start meet.
    expect(longestRow(picks)).toBe(4)
  })

  test('gives each its weight in every round', () => {
    fc.assert(
      fc.property(weights, (each) => {
        const list = candidates(...each)
        const balancer = createBalancer(name, list)
        const picks = each.flatMap((weight) =>
          Array.from({ length: weight }, () => balancer.pick(undefined, undefined)),
        )
        expect(countPicks(list, picks)).toEqual(each)
      }),
    )
  })
})

describe('round-robin', () => {
  test('goes from one to the next, and on with those that stay', () => {
    const list = candidates(1, 1, 1)
    const balancer = createBalancer('round-robin', list)
    const turn = () => {
      const pick = balancer.pick(undefined, undefined)
      return list.findIndex(({ node }) => node === pick)
    }
    expect([turn(), turn(), turn(), turn()]).toEqual([0, 1, 2, 0])
    balancer.update(list.slice(0, 2))
    expect([turn(), turn()].sort()).toEqual([0, 1])
  })
})

describe.each([...balancers.keys()])('%s', (name) => {
  test('never gives the one to avoid, if there is another, and always one that is there', () => {
    fc.assert(
      fc.property(weights, fc.option(fc.nat(), { nil: undefined }), (each, hash) => {
        const list = candidates(...each)
        const balancer = createBalancer(name, list)
        for (const { node } of list) {
          const pick = balancer.pick(node, hash)
          expect(list.map((one) => one.node)).toContain(pick)
          if (list.length > 1) expect(pick).not.toBe(node)
        }
      }),
    )
  })

  test('no longer gives one that has gone', () => {
    const list = candidates(1, 2, 3)
    const balancer = createBalancer(name, list)
    balancer.pick(undefined, 1)
    balancer.update(list.slice(1))
    for (let hash = 0; hash < 50; hash++) expect(balancer.pick(undefined, hash)).not.toBe(list[0]!.node)
  })
})
