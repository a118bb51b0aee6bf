import { describe, expect, test } from '@jest/globals'
import type { CallResponse } from '../../../src/calls/call.ts'
import type { Layer, OngoingCall } from '../../../src/calls/layer.ts'
import { RetryBudget } from '../../../src/calls/policies/retry-budget.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { Body } from '../../../src/json/body.ts'
import { hedge } from '../../../src/operations/policies/hedge/hedge.ts'
import { ResponseTimes } from '../../../src/operations/policies/hedge/response-times.ts'
import type { HedgePolicy } from '../../../src/operations/policies/hedge/shape.ts'
import { retry } from '../../../src/operations/policies/retry/retry.ts'
import type { RetryPolicy } from '../../../src/operations/policies/retry/shape.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { callRequest, errorOf, layerOf, live, ongoing, RecordingMetrics, RecordingSpan } from '../../support/sites.ts'

/** A layer whose n-th call takes so long, and then answers or fails; a call that is cancelled ends at once. */
function taking(clock: FakeClock, ...script: { ms: number; outcome?: GatewayError | CallResponse }[]) {
  const calls: OngoingCall[] = []
  const layer: Layer = (_request, call) => {
    const { ms, outcome = live } = script[calls.length] ?? { ms: 0 }
    calls.push(call)
    call.attempts++
    call.askedAt = clock.now()
    return new Promise((resolve, reject) => {
      const timer = clock.schedule(ms, () => {
        if (outcome instanceof GatewayError) reject(outcome)
        else resolve({ ...outcome, attempts: call.attempts })
      })
      call.context.scope.onCancel((reason) => {
        timer.cancel()
        reject(reason)
      })
    })
  }
  return { layer, calls }
}

function build(policy: Partial<HedgePolicy> = {}, retryPolicy?: RetryPolicy) {
  const clock = new FakeClock()
  const metrics = new RecordingMetrics()
  const retryBudget = new RetryBudget(clock)
  const after = { ms: 50 }
  const declared: HedgePolicy = { after, max: 1, ...policy }
  const responseTimes =
    'quantile' in declared.after ? new ResponseTimes(declared.after.quantile, clock.now()) : undefined
  const parts = { clock, random: () => 0, metrics, retryBudget, state: responseTimes }
  const hedging = layerOf(hedge, declared, parts)
  const retrying = retryPolicy && layerOf(retry, retryPolicy, { ...parts, deposits: false })
  const wrap = (next: Layer) => hedging(retrying ? retrying(next) : next)
  return { clock, metrics, retryBudget, responseTimes, wrap }
}

const unavailable = new GatewayError('unavailable')

describe('a hedge', () => {
  test('is not sent when the first answers in time', async () => {
    const { clock, metrics, wrap } = build()
    const { layer, calls } = taking(clock, { ms: 49 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(49)
    expect((await answer).attempts).toBe(1)
    expect(calls).toHaveLength(1)
    expect(metrics.lines).toEqual([])
    expect(clock.pending).toBe(0)
  })

  test('that answers first ends the first attempt in the same turn and leaves no timer', async () => {
    const { clock, metrics, wrap } = build()
    const { layer, calls } = taking(clock, { ms: 1000 }, { ms: 10, outcome: { ...live, body: Body.ofValue('hedge') } })
    const call = ongoing(clock)
    const answer = wrap(layer)(callRequest(), call)
    await clock.advance(60)
    expect(await answer).toMatchObject({ body: { value: 'hedge' }, attempts: 2 })
    expect(call.attempts).toBe(2)
    expect(calls[0]!.context.scope.reason?.code).toBe('cancelled')
    expect(calls.map(({ isHedge }) => isHedge)).toEqual([false, true])
    expect(metrics.lines).toEqual(['hedge won'])
    expect(clock.pending).toBe(0)
  })

  test('that is too late is cancelled', async () => {
    const { clock, metrics, wrap } = build()
    const { layer, calls } = taking(clock, { ms: 70, outcome: { ...live, body: Body.ofValue('first') } }, { ms: 1000 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(70)
    expect(await answer).toMatchObject({ body: { value: 'first' }, attempts: 2 })
    expect(calls[1]!.context.scope.reason?.code).toBe('cancelled')
    expect(metrics.lines).toEqual(['hedge lost'])
    expect(clock.pending).toBe(0)
  })

  test('prefers another endpoint than the first', async () => {
    const { clock, wrap } = build()
    const { layer, calls } = taking(clock, { ms: 100 }, { ms: 10 })
    const answer = wrap((request, call) => {
      const asked = layer(request, call)
      if (!call.isHedge) call.endpoint = 'first' as never
      return asked
    })(callRequest(), ongoing(clock))
    await clock.advance(60)
    await answer
    expect(calls[1]!.endpoint).toBe('first')
  })

  test('that fails is forgotten: the first may still answer', async () => {
    const { clock, wrap } = build()
    const { layer } = taking(clock, { ms: 100 }, { ms: 10, outcome: unavailable })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(100)
    expect((await answer).status).toBe(200)
    expect(clock.pending).toBe(0)
  })

  test('may still answer when the first has failed', async () => {
    const { clock, wrap } = build()
    const { layer } = taking(clock, { ms: 60, outcome: unavailable }, { ms: 100 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(150)
    expect((await answer).attempts).toBe(2)
  })

  test('when all fail the first one’s error is told', async () => {
    const { clock, wrap } = build()
    const first = new GatewayError('timeout')
    const { layer } = taking(clock, { ms: 100, outcome: first }, { ms: 10, outcome: unavailable })
    const call = ongoing(clock)
    const failed = errorOf(wrap(layer)(callRequest(), call))
    await clock.advance(100)
    expect(await failed).toBe(first)
    expect(call.attempts).toBe(2)
    expect(clock.pending).toBe(0)
  })

  test('is not sent once the first has failed: another attempt is a retry’s', async () => {
    const retryPolicy = { attempts: 2, delayMs: 100, backoff: 'constant', jitter: false, on: ['unavailable'] } as const
    const { clock, metrics, wrap } = build({}, retryPolicy)
    const { layer, calls } = taking(clock, { ms: 20, outcome: unavailable }, { ms: 500 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(620)
    expect((await answer).attempts).toBe(2)
    expect(calls.map(({ isHedge }) => isHedge)).toEqual([false, false])
    expect(metrics.lines).toEqual(['retry unavailable'])
  })

  test('is one attempt: what fails of it is not made anew', async () => {
    const retryPolicy = { attempts: 3, delayMs: 0, backoff: 'constant', jitter: false, on: ['unavailable'] } as const
    const { clock, wrap } = build({}, retryPolicy)
    const { layer, calls } = taking(clock, { ms: 200 }, { ms: 10, outcome: unavailable }, { ms: 1 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(200)
    await answer
    expect(calls).toHaveLength(2)
  })

  test('comes up to `max` times, each after as long again', async () => {
    const { clock, wrap } = build({ max: 2 })
    const { layer, calls } = taking(clock, { ms: 1000 }, { ms: 1000 }, { ms: 1000 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(99)
    expect(calls).toHaveLength(2)
    await clock.advance(1)
    expect(calls).toHaveLength(3)
    await clock.advance(1000)
    expect((await answer).attempts).toBe(3)
    expect(calls).toHaveLength(3)
    expect(clock.pending).toBe(0)
  })

  test('is paid from the retry budget', async () => {
    const { clock, metrics, retryBudget, wrap } = build()
    while (retryBudget.withdraw());
    const { layer, calls } = taking(clock, { ms: 100 })
    const answer = wrap(layer)(callRequest(), ongoing(clock))
    await clock.advance(100)
    await answer
    expect(calls).toHaveLength(1)
    expect(metrics.lines).toEqual(['hedge no-budget'])
  })

  test('however slow everything is, hedges add no more than a quarter at 200 calls a second', async () => {
    const { clock, wrap } = build()
    let sent = 0
    const call = wrap(
      () =>
        new Promise((resolve) => {
          sent++
          clock.schedule(500, () => resolve({ ...live }))
        }),
    )
    const answers: Promise<unknown>[] = []
    for (let index = 0; index < 400; index++) {
      answers.push(call(callRequest(), ongoing(clock)))
      await clock.advance(5)
    }
    await clock.advance(1000)
    await Promise.all(answers)
    expect(sent).toBeGreaterThan(450)
    expect(sent).toBeLessThanOrEqual(520)
  })

  test('ends with the request, first and hedge alike', async () => {
    const { clock, wrap } = build()
    const { layer, calls } = taking(clock, { ms: 1000 }, { ms: 1000 })
    const scope = new Scope()
    const failed = errorOf(wrap(layer)(callRequest(), ongoing(clock, { scope })))
    await clock.advance(60)
    const reason = new GatewayError('cancelled', { detail: 'the client left' })
    scope.cancel(reason)
    expect(await failed).toBe(reason)
    expect(calls.map((call) => call.context.scope.reason)).toEqual([reason, reason])
    expect(clock.pending).toBe(0)
  })

  test('is noted on the span of the step', async () => {
    const { clock, wrap } = build()
    const span = new RecordingSpan(true)
    const answer = wrap(taking(clock, { ms: 100 }, { ms: 10 }).layer)(callRequest(), ongoing(clock, { span }))
    await clock.advance(60)
    await answer
    expect(span.events).toEqual([{ name: 'tessera.hedge', attributes: { after_ms: 50 } }])
  })

  test('by percentile waits until the operation is known, then for what most calls take', async () => {
    const { clock, wrap, responseTimes } = build({ after: { quantile: 0.95 } })
    for (let index = 0; index < 99; index++) {
      const answer = wrap(taking(clock, { ms: 20 }).layer)(callRequest(), ongoing(clock))
      await clock.advance(20)
      await answer
    }
    expect(responseTimes!.expectedMs(clock.now())).toBeUndefined()
    const answer = wrap(taking(clock, { ms: 20 }).layer)(callRequest(), ongoing(clock))
    await clock.advance(20)
    await answer
    const slow = taking(clock, { ms: 500 }, { ms: 5, outcome: { ...live, body: Body.ofValue('hedge') } })
    const hedged = wrap(slow.layer)(callRequest(), ongoing(clock))
    await clock.advance(27)
    expect((await hedged).body?.value).toBe('hedge')
  })

  test('an attempt that was overtaken counts as slow, so that hedging does not make all look fast', async () => {
    const { clock, wrap, responseTimes } = build({ after: { quantile: 0.5 } })
    for (let index = 0; index < 20; index++) responseTimes!.observe(clock.now(), 10)
    for (let index = 0; index < 60; index++) {
      const answer = wrap(taking(clock, { ms: 300 }, { ms: 30 }).layer)(callRequest(), ongoing(clock))
      await clock.advance(300)
      await answer
    }
    expect(responseTimes!.expectedMs(clock.now())).toBeGreaterThan(35)
  })
})
