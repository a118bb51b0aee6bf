import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { balancers } from '../../../src/backends/balancers/index.ts'

const create = () => balancers.get('round-robin')!.create()

describe('round-robin', () => {
  test('gives every endpoint the same share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 200 }), (endpoints, picks) => {
        const balancer = create()
        const candidates = Array.from({ length: endpoints }, (_, index) => index)
        const counts = candidates.map(() => 0)
        for (let pick = 0; pick < picks; pick++) counts[balancer.pick(candidates, undefined)]!++
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('never picks the endpoint to avoid while there is another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(5), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 2, max: 6 }),
        (avoids, endpoints) => {
          const balancer = create()
          const candidates = Array.from({ length: endpoints }, (_, index) => index)
          for (const avoid of avoids) expect(balancer.pick(candidates, avoid)).not.toBe(avoid)
        },
      ),
    )
  })

  test('picks the one there is, even the one to avoid', () => {
    expect(create().pick(['only'], 'only')).toBe('only')
  })
})
