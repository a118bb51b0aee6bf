import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RetryBudget } from '../../../src/calls/policies/retry-budget.ts'
import { GatewayError } from '../../../src/errors.ts'
import { retry } from '../../../src/operations/policies/retry/retry.ts'
import type { RetryRule } from '../../../src/operations/policies/retry/shape.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { callRequest, layerOf, ongoing, RecordingMetrics, scripted } from '../../support/sites.ts'

/** Makes calls that each want so many retries; gives the times of those that were granted. */
function run(budget: RetryBudget, clock: FakeClock, { perSecond, seconds, wanted }: Record<string, number>): number[] {
  const granted: number[] = []
  for (let call = 0; call < perSecond! * seconds!; call++) {
    budget.deposit()
    for (let retry = 0; retry < wanted!; retry++) if (budget.withdraw()) granted.push(clock.now())
    clock.skip(1000 / perSecond!)
  }
  return granted
}

describe('the retry budget', () => {
  test('at 200 calls a second that all fail a backend sees at most 1.25 times as many', async () => {
    const clock = new FakeClock()
    const retryBudget = new RetryBudget(clock)
    const policy: RetryRule = { attempts: 3, delayMs: 0, backoff: 'constant', jitter: false, on: ['unavailable'] }
    const parts = { clock, random: () => 0.5, metrics: new RecordingMetrics(), retryBudget }
    const next = scripted(new GatewayError('unavailable'))
    const call = layerOf(retry, policy, parts)(next)
    for (let index = 0; index < 2000; index++) {
      await call(callRequest(), ongoing(clock)).catch(() => {})
      clock.skip(5)
    }
    expect(next.calls).toBeGreaterThan(2450)
    expect(next.calls).toBeLessThanOrEqual(2500)
  })

  test('nor do any ten seconds after a good time have more, or half a minute in all', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget(clock)
    clock.skip(417)
    run(budget, clock, { perSecond: 200, seconds: 12, wanted: 0 })
    const granted = run(budget, clock, { perSecond: 200, seconds: 30, wanted: 2 })
    expect(granted.length).toBeGreaterThan(1300)
    expect(granted.length).toBeLessThanOrEqual(1500)
    for (const from of granted) {
      expect(granted.filter((at) => at >= from && at < from + 10_000).length).toBeLessThanOrEqual(500)
    }
  })

  test('a blip is retried from what the last ten seconds have left over', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget(clock)
    run(budget, clock, { perSecond: 200, seconds: 10, wanted: 0 })
    expect(run(budget, clock, { perSecond: 200, seconds: 2, wanted: 1 }).length).toBe(400)
  })

  test('a service that is rarely called can retry, as often as it says beside its share', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget(clock, { share: 0, perSecond: 2, windowMs: 10_000 })
    expect(run(budget, clock, { perSecond: 10, seconds: 10, wanted: 1 }).length).toBe(20)
  })

  test('what is not used is gone after the window', () => {
    const clock = new FakeClock()
    const budget = new RetryBudget(clock, { share: 1, perSecond: 0, windowMs: 1000 })
    for (let call = 0; call < 50; call++) budget.deposit()
    clock.skip(1000)
    expect(budget.withdraw()).toBe(false)
  })

  test('shows how much is left whenever somebody looks, whether or not calls come', () => {
    const clock = new FakeClock()
    const shown: (() => number)[] = []
    const metrics = { show: (left: () => number) => shown.push(left), refused() {} }
    const budget = new RetryBudget(clock, { share: 0.5, perSecond: 1, windowMs: 10_000 }, metrics)
    expect(shown).toHaveLength(0)
    budget.deposit()
    const [left] = shown
    expect(left!()).toBe(1.5)
    budget.withdraw()
    expect(left!()).toBe(0.5)
    clock.skip(5000)
    expect(left!()).toBe(5.5)
    expect(shown).toHaveLength(1)
  })

  test('tells each time that something could not be paid', () => {
    let refused = 0
    const metrics = { show() {}, refused: () => refused++ }
    const budget = new RetryBudget(new FakeClock(), { share: 0, perSecond: 1, windowMs: 10_000 }, metrics)
    expect([budget.withdraw(), budget.withdraw(), refused]).toEqual([true, false, 1])
  })

  test('whatever happens, no window has more than its calls’ share and its seconds’ worth', () => {
    const event = fc.record({ skipMs: fc.nat(2500), calls: fc.nat(40), wanted: fc.nat(60) })
    const policy = fc.record({
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      perSecond: fc.nat(20),
      windowMs: fc.integer({ min: 1000, max: 20_000 }),
    })
    fc.assert(
      fc.property(policy, fc.array(event, { maxLength: 40 }), (policy, events) => {
        const clock = new FakeClock()
        const budget = new RetryBudget(clock, policy)
        const history: { at: number; calls: number; granted: number }[] = []
        for (const { skipMs, calls, wanted } of events) {
          clock.skip(skipMs)
          for (let call = 0; call < calls; call++) budget.deposit()
          let granted = 0
          for (let retry = 0; retry < wanted; retry++) granted += budget.withdraw() ? 1 : 0
          history.push({ at: clock.now(), calls, granted })
          // The window that ends with a grant.
          if (granted === 0) continue
          const within = history.filter(({ at }) => at > clock.now() - policy.windowMs)
          const sum = (key: 'calls' | 'granted') => within.reduce((total, entry) => total + entry[key], 0)
          const most = policy.share * sum('calls') + (policy.perSecond * policy.windowMs) / 1000
          expect(sum('granted')).toBeLessThanOrEqual(most + 1e-3)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
