import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { balancers } from '../../src/backends/balancers/index.ts'
import { takeTurns } from '../../src/backends/endpoints.ts'

const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })

describe('the turns of endpoints', () => {
  test('are spread evenly', () => {
    expect(takeTurns([{ weight: 2 }, { weight: 1 }]).map(({ weight }) => weight)).toEqual([2, 1, 2])
  })

  test('give each endpoint its weight, and never twice the one to avoid', () => {
    fc.assert(
      fc.property(weights, (each) => {
        const endpoints = each.map((weight) => ({ weight }))
        const turns = takeTurns(endpoints)
        const balancer = balancers.get('round-robin')!.create()
        const picks = turns.map(() => balancer.pick(turns, undefined))
        for (const endpoint of endpoints) {
          expect(picks.filter((pick) => pick === endpoint)).toHaveLength(endpoint.weight)
          if (endpoints.length > 1) expect(balancer.pick(turns, endpoint)).not.toBe(endpoint)
        }
      }),
    )
  })
})
