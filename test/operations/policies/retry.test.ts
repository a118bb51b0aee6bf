import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { RetryBudget } from '../../../src/calls/policies/retry-budget.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { retry, retryDelayMs } from '../../../src/operations/policies/retry/retry.ts'
import type { RetryPolicy } from '../../../src/operations/policies/retry/shape.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'
import {
  callRequest,
  errorOf,
  layerOf,
  live,
  ongoing,
  RecordingMetrics,
  RecordingSpan,
  scripted,
} from '../../support/sites.ts'

const policy: RetryPolicy = { attempts: 3, delayMs: 100, backoff: 'exponential', jitter: false, on: ['unavailable'] }
const unavailable = new GatewayError('unavailable')

function build(overrides: Partial<RetryPolicy> = {}, retryBudget?: RetryBudget) {
  const clock = new FakeClock()
  const metrics = new RecordingMetrics()
  const parts = { clock, random: () => 0.5, metrics, retryBudget: retryBudget ?? new RetryBudget(clock) }
  return { clock, metrics, policy: layerOf(retry, { ...policy, ...overrides }, parts) }
}

describe('retry', () => {
  test('attempts again after a listed failure, and the response says how often it was tried', async () => {
    const { clock, metrics, policy } = build()
    const next = scripted(unavailable, unavailable, live)
    const answer = policy(next)(callRequest(), ongoing(clock))
    await clock.advance(99)
    expect(next.calls).toBe(1)
    await clock.advance(1)
    expect(next.calls).toBe(2)
    await clock.advance(200)
    expect((await answer).attempts).toBe(3)
    expect(metrics.lines).toEqual(['retry unavailable', 'retry unavailable'])
  })

  test('gives up with the last error when the attempts are used up', async () => {
    const { clock, policy } = build({ attempts: 2 })
    const last = new GatewayError('unavailable', { detail: 'second' })
    const answer = errorOf(policy(scripted(unavailable, last))(callRequest(), ongoing(clock)))
    await clock.advance(1000)
    expect(await answer).toBe(last)
  })

  test('throws what is not listed at once', async () => {
    const { clock, policy } = build()
    const next = scripted(new GatewayError('http-500', { response: { status: 500, body: undefined } }))
    expect((await errorOf(policy(next)(callRequest(), ongoing(clock)))).code).toBe('http-500')
    expect(next.calls).toBe(1)
  })

  test('never attempts again what a second attempt cannot mend, even on: [all]', async () => {
    for (const code of ['cancelled', 'missing-input', 'invalid-input']) {
      const { clock, policy } = build({ on: ['all'] })
      const next = scripted(new GatewayError(code))
      await errorOf(policy(next)(callRequest(), ongoing(clock)))
      expect(next.calls).toBe(1)
    }
  })

  test('does not wait past the deadline', async () => {
    const { clock, policy } = build()
    const next = scripted(unavailable)
    expect((await errorOf(policy(next)(callRequest(), ongoing(clock, { deadline: clock.now() + 100 })))).code).toBe(
      'unavailable',
    )
    expect(next.calls).toBe(1)
    expect(clock.pending).toBe(0)
  })

  test('does not ask before the backend wants to be asked again, and not at all when that is too late', async () => {
    const busy = (retryAfterMs: number) =>
      new GatewayError('http-503', { response: { status: 503, body: undefined, retryAfterMs } })
    const { clock, policy } = build({ on: ['http-503'] })
    const patient = scripted(busy(3000), live)
    const answer = policy(patient)(callRequest(), ongoing(clock))
    await clock.advance(2999)
    expect(patient.calls).toBe(1)
    await clock.advance(1)
    expect((await answer).attempts).toBe(2)

    const tooLate = scripted(busy(10_000), live)
    expect((await errorOf(policy(tooLate)(callRequest(), ongoing(clock)))).code).toBe('http-503')
    expect(tooLate.calls).toBe(1)
    expect(clock.pending).toBe(0)
  })

  test('a cancellation during the wait rejects at once with its reason and leaves no timer', async () => {
    const { clock, policy } = build()
    const scope = new Scope()
    const next = scripted(unavailable)
    const answer = errorOf(policy(next)(callRequest(), ongoing(clock, { scope })))
    await settle()
    const reason = new GatewayError('cancelled')
    scope.cancel(reason)
    expect(await answer).toBe(reason)
    expect(clock.pending).toBe(0)
    expect(next.calls).toBe(1)
  })

  test('notes each retry on the span of the step', async () => {
    const { clock, policy } = build()
    const span = new RecordingSpan(true)
    const answer = policy(scripted(unavailable, live))(callRequest(), ongoing(clock, { span }))
    await clock.advance(100)
    await answer
    expect(span.events).toEqual([
      { name: 'tessera.retry', attributes: { attempt: 1, 'error.type': 'unavailable', delay_ms: 100 } },
    ])
  })

  test('a jittered delay is between nothing and the full one, which doubles when exponential', () => {
    fc.assert(
      fc.property(
        fc.record({ delayMs: fc.nat(5000), failures: fc.integer({ min: 1, max: 10 }), exponential: fc.boolean() }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        ({ delayMs, failures, exponential }, random) => {
          const backoff = exponential ? 'exponential' : 'constant'
          const full = retryDelayMs({ ...policy, delayMs, backoff }, failures, () => random)
          const jittered = retryDelayMs({ ...policy, delayMs, backoff, jitter: true }, failures, () => random)
          expect(full).toBe(exponential ? delayMs * 2 ** (failures - 1) : delayMs)
          expect(jittered).toBeGreaterThanOrEqual(0)
          expect(jittered).toBeLessThanOrEqual(full)
        },
      ),
    )
  })
})
