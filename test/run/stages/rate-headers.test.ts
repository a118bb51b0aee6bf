import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseList } from 'structured-headers'
import type { RatePolicy } from '../../../src/admission/policy.ts'
import type { RequestLimit } from '../../../src/plan/admission/route.ts'
import { printRateHeaders } from '../../../src/run/stages/rate-headers.ts'

const limitOf = (policy: RatePolicy, name = 'home'): RequestLimit => ({
  scope: 'route',
  name,
  policy,
  by: [],
  isByAddress: false,
  keyOf: () => '',
})

const decision = { isAllowed: true, waitMs: 0, remaining: 19, nextMs: 10 }

function print(policy: RatePolicy, name?: string) {
  const [, policies, , states] = printRateHeaders([[limitOf(policy, name), decision]])
  return { policies, states }
}

describe('the headers of a rate limit', () => {
  test('tell the rate, what remains, and when more is there', () => {
    expect(print({ perSecond: 100, burst: 20 })).toEqual({ policies: '"home";q=100;w=1', states: '"home";r=19;t=1' })
  })

  test.each([
    ['2/m', 2 / 60, '"home";q=2;w=60'],
    ['2.5/s', 2.5, '"home";q=150;w=60'],
    ['0.5/h', 0.5 / 3600, '"home";q=12;w=86400'],
    ['0.01/h', 0.01 / 3600, '"home";q=1;w=360000'],
    ['a third of one a second, a little less', 0.333333, '"home";q=28799;w=86400'],
  ])('say %s in whole numbers', (_what, perSecond, policy) => {
    expect(print({ perSecond, burst: 1 }).policies).toBe(policy)
  })

  test('say no second more for what a sum of fractions is over', () => {
    const statesAfter = (nextMs: number) =>
      printRateHeaders([[limitOf({ perSecond: 1, burst: 1 }), { ...decision, nextMs }]])[3]
    expect([60_000 + 1e-9, 60_000.01, 0].map(statesAfter)).toEqual([
      '"home";r=19;t=60',
      '"home";r=19;t=61',
      '"home";r=19;t=0',
    ])
  })

  test('say how much may come at once where that is more than the rate', () => {
    expect(print({ perSecond: 1, burst: 20 }).policies).toBe('"home";q=1;w=1;tessera-burst=20')
  })

  test('hold a member for each limit, in their order', () => {
    const limits = ['gateway', 'home'].map((name) => [limitOf({ perSecond: 1, burst: 1 }, name), decision] as const)
    expect(printRateHeaders(limits)).toEqual([
      'ratelimit-policy',
      '"gateway";q=1;w=1, "home";q=1;w=1',
      'ratelimit',
      '"gateway";r=19;t=1, "home";r=19;t=1',
    ])
  })

  test('are lists of Strings with Integers for any rate and any name that a file may have', () => {
    const rates = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 1e6 }),
        fc.string({ unit: 'grapheme' }),
        (perSecond, burst, name) => {
          const { policies, states } = print({ perSecond, burst }, name)
          const [[policyName, parameters]] = parseList(policies!) as [[string, Map<string, number>]]
          expect([...parameters.keys()].slice(0, 2)).toEqual(['q', 'w'])
          const [quota, seconds] = [...parameters.values()] as [number, number]
          expect([Number.isSafeInteger(quota), Number.isSafeInteger(seconds), quota > 0, seconds > 0]).not.toContain(
            false,
          )
          expect(quota / seconds).toBeLessThanOrEqual(perSecond * (1 + 1e-4) + 1e-6)
          const [[stateName, state]] = parseList(states!) as [[string, Map<string, number>]]
          expect([stateName, [...state]]).toEqual([
            policyName,
            [
              ['r', 19],
              ['t', 1],
            ],
          ])
          if (/^[\x20-\x7e]*$/.test(name)) expect(policyName).toBe(name)
        },
      ),
    )
  })
})
