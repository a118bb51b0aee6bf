import { describe, expect, test } from '@jest/globals'
import type { Layer } from '../../../src/calls/layer.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { timeout } from '../../../src/operations/policies/timeout/timeout.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { callRequest, errorOf, layerOf, live, ongoing, scripted } from '../../support/sites.ts'

/** Never answers; rejects when its scope is cancelled, as a transport does. */
const hung: Layer = (_request, call) => new Promise((_resolve, reject) => call.scope.onCancel(reject))

describe('timeout', () => {
  test('ends an attempt when its time is over', async () => {
    const clock = new FakeClock()
    const answer = errorOf(layerOf(timeout, 300, { clock })(hung)(callRequest(), ongoing(clock)))
    expect(clock.nextDelayMs).toBe(300)
    await clock.advance(300)
    expect(await answer).toMatchObject({ code: 'timeout', step: 'recommend', status: 504 })
  })

  test('ends it earlier when the deadline of the request is nearer', async () => {
    const clock = new FakeClock()
    const call = ongoing(clock, { deadline: clock.now() + 40 })
    const answer = errorOf(layerOf(timeout, 300, { clock })(hung)(callRequest(), call))
    expect(clock.nextDelayMs).toBe(40)
    expect(call.deadline).toBe(call.context.deadline)
    await clock.advance(40)
    expect((await answer).code).toBe('timeout')
  })

  test('after a standstill takes what came meanwhile, and ends what did not', async () => {
    const clock = new FakeClock()
    let answer = (_value: Awaited<ReturnType<Layer>>) => {}
    const answered: Layer = () => new Promise((resolve) => (answer = resolve))
    const inTime = layerOf(timeout, 300, { clock })(answered)(callRequest(), ongoing(clock))
    const never = errorOf(layerOf(timeout, 300, { clock })(hung)(callRequest(), ongoing(clock)))
    const arrived = await scripted(live)(callRequest(), ongoing(clock))
    // Read once the timers that were due have fired.
    clock.schedule(310, () => answer(arrived))
    clock.skip(320)
    await clock.advance(0)
    expect(await inTime).toBe(arrived)
    expect((await never).code).toBe('timeout')
    expect(clock.pending).toBe(0)
  })

  test('asks nobody when nothing is left of the budget', async () => {
    const clock = new FakeClock()
    const next = scripted(live)
    const call = ongoing(clock, { deadline: clock.now() })
    expect((await errorOf(layerOf(timeout, 2000, { clock })(next)(callRequest(), call))).code).toBe('timeout')
    expect(next.calls).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('leaves no timer and no subscription behind an answer', async () => {
    const clock = new FakeClock()
    const scope = new Scope()
    const call = ongoing(clock, { scope })
    await layerOf(timeout, 2000, { clock })(scripted(live))(callRequest(), call)
    expect(clock.pending).toBe(0)
    scope.cancel(new GatewayError('cancelled'))
    expect(call.scope.reason).toBeUndefined()
  })

  test('passes the cancellation of the request on to the attempt', async () => {
    const clock = new FakeClock()
    const scope = new Scope()
    const answer = errorOf(layerOf(timeout, 2000, { clock })(hung)(callRequest(), ongoing(clock, { scope })))
    const reason = new GatewayError('cancelled')
    scope.cancel(reason)
    expect(await answer).toBe(reason)
    expect(clock.pending).toBe(0)
  })
})
