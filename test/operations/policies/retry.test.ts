import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Layer } from '../../../src/calls/layer.ts'
import { RetryBudget } from '../../../src/calls/policies/retry-budget.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { retry, retryDelayMs } from '../../../src/operations/policies/retry/retry.ts'
import type { RetryRule } from '../../../src/operations/policies/retry/shape.ts'
import { buildSnapshot } from '../../../src/plan/build.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../../support/project.ts'
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

const policy: RetryRule = { attempts: 3, delayMs: 100, backoff: 'exponential', jitter: false, on: ['unavailable'] }
const unavailable = new GatewayError('unavailable')

const loadDiagnostics = (files: ProjectFiles) => buildSnapshot(projectTexts(files)).diagnostics.map(describeDiagnostic)

function build(overrides: Partial<RetryRule> = {}, retryBudget?: RetryBudget) {
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

describe('retry by a list', () => {
  const busy = new GatewayError('http-429', { response: { status: 429, body: undefined } })
  const rules: readonly RetryRule[] = [
    { ...policy, attempts: 1, on: ['http-404'] },
    { ...policy, attempts: 2, delayMs: 10, on: ['unavailable'] },
    { ...policy, attempts: 4, delayMs: 100, backoff: 'constant', on: ['http-4xx', 'unavailable'] },
  ]

  /** When each attempt was made, and what came of it. */
  async function attempts(...script: Parameters<typeof scripted>) {
    const clock = new FakeClock()
    const next = scripted(...script)
    const times: number[] = []
    const timed: Layer = (request, call) => {
      times.push(clock.now())
      return next(request, call)
    }
    const began = clock.now()
    const answer = layerOf(retry, rules, { clock })(timed)(callRequest(), ongoing(clock)).then(
      () => 'well',
      (error: GatewayError) => error.code,
    )
    await clock.advance(10_000)
    return { at: times.map((time) => time - began), outcome: await answer }
  }

  test('the first entry that lists a failure decides how long is waited', async () => {
    expect(await attempts(unavailable, busy, live)).toEqual({ at: [0, 10, 110], outcome: 'well' })
  })

  test('attempts are counted together, and an entry stops at its own', async () => {
    expect(await attempts(unavailable, unavailable)).toEqual({ at: [0, 10], outcome: 'unavailable' })
    expect(await attempts(busy, unavailable)).toEqual({ at: [0, 100], outcome: 'unavailable' })
    expect(await attempts(busy)).toEqual({ at: [0, 100, 200, 300], outcome: 'http-429' })
  })

  test('what an entry of one attempt lists is not tried again, whatever stands behind it', async () => {
    const missing = new GatewayError('http-404', { response: { status: 404, body: undefined } })
    expect(await attempts(missing)).toEqual({ at: [0], outcome: 'http-404' })
  })

  test('never makes more attempts, nor waits longer, than its worst case says', async () => {
    const rule = fc.record({
      attempts: fc.integer({ min: 1, max: 5 }),
      delayMs: fc.nat(200),
      backoff: fc.constantFrom('constant' as const, 'exponential' as const),
      jitter: fc.constant(false),
      on: fc.subarray(['unavailable', 'http-429', 'timeout'], { minLength: 1 }),
    })
    const codes = fc.array(fc.constantFrom('unavailable', 'http-429', 'timeout'), { minLength: 5, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(fc.array(rule, { minLength: 1, maxLength: 3 }), codes, async (rules, codes) => {
        const clock = new FakeClock()
        const next = scripted(...codes.map((code) => new GatewayError(code)))
        const ended: number[] = []
        const context = { deadline: clock.now() + 1e9 }
        layerOf(retry, rules, { clock })(next)(callRequest(), ongoing(clock, context)).catch(() => {
          ended.push(clock.now())
        })
        const began = clock.now()
        await clock.advance(20_000)
        const one = { ms: 0, sum: '' }
        expect(next.calls).toBeLessThanOrEqual(retry.requests!(rules, 1))
        expect(ended[0]! - began).toBeLessThanOrEqual(retry.worst!(rules, one, one).ms)
      }),
      { numRuns: 200 },
    )
  })

  test('says what it does, entry by entry', () => {
    expect(retry.caption(rules)).toBe(
      'none on http-404; 2 attempts, 10ms between, on unavailable; 4 attempts, 100ms between, on http-4xx, unavailable',
    )
    const one = { ms: 50, sum: '50ms' }
    // 100 ms before the second attempt, as much before the third and the fourth.
    expect(retry.worst!(rules, one, one)).toEqual({ ms: 500, sum: '4 × 50ms + 300ms' })
    expect(retry.requests!(rules, 2)).toBe(8)
  })

  test('is written as a list, of which every entry has to have an effect', () => {
    const files = (keys: string): ProjectFiles => ({
      ...world,
      'services/content': `service: content
endpoints: [http://127.0.0.1:9]
retry: ${keys}
operations: { banners: { get: /banners, out: { banner.list: $ } } }`,
      'routes/home': 'match: GET /home\ndo: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }',
    })
    const told = (keys: string) => loadDiagnostics(files(keys))
    expect(told('[ { on: unavailable, attempts: 3 }, { on: [http-429], delay: 1s } ]')).toEqual([])
    expect(told('[ { on: http-5xx }, { on: [http-503, http-502] }, { on: all } ]')).toEqual([
      expect.stringMatching(
        /^invalid-value services\/content.yaml:3:34 those before it decide about all that it lists/,
      ),
    ])
    expect(told('[ { on: all }, { on: timeout } ]')).toEqual([expect.stringMatching(/^invalid-value .*:3:29/)])
    expect(told('[ { on: unavailable }, { on: [timeout, unavaliable] } ]')).toEqual([
      expect.stringMatching(/^unknown-error-code services\/content.yaml:3:\d+ no call fails with `unavaliable`/),
    ])
    expect(told('[]')).toHaveLength(1)
    expect(told('[ { on: unavailable, tries: 3 } ]')).toEqual([expect.stringMatching(/^unknown-key .*`tries`/)])
  })
})
