import { beforeEach, describe, expect, test } from '@jest/globals'
import { Bulkhead } from '../../../src/admission/bulkhead.ts'
import { uncountedAdmission } from '../../../src/admission/metrics.ts'
import { CellRate } from '../../../src/admission/rates/gcra.ts'
import { LocalRateLimiter } from '../../../src/admission/rates/local.ts'
import type { Layer } from '../../../src/calls/layer.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { bulkhead } from '../../../src/operations/policies/bulkhead/bulkhead.ts'
import { limit } from '../../../src/operations/policies/limit/limit.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import {
  callRequest,
  callSite,
  errorOf,
  layerOf,
  live,
  ongoing,
  RecordingSpan,
  type SiteOptions,
  scripted,
} from '../../support/sites.ts'

let clock: FakeClock

beforeEach(() => {
  clock = new FakeClock()
})

/** Answers after so long; counts how many are inside. */
function slow(ms: number): Layer & { inside: number; most: number } {
  const layer: Layer & { inside: number; most: number } = Object.assign(
    async () => {
      layer.most = Math.max(layer.most, ++layer.inside)
      await new Promise<void>((resolve) => void clock.schedule(ms, resolve))
      layer.inside--
      return live
    },
    { inside: 0, most: 0 },
  )
  return layer
}

describe('a bulkhead around calls', () => {
  const metrics = uncountedAdmission.bulkhead('service', 'reco')
  const guard = (gate: Bulkhead, site: SiteOptions = {}) =>
    layerOf(
      bulkhead,
      { policy: { concurrent: 1, queue: 0, order: 'fifo' }, clientOf: undefined },
      {
        clock,
        bulkhead: gate,
        site: callSite(site),
      },
    )

  test('lets so many through at once, of whatever site, and all of them in the end', async () => {
    const gate = new Bulkhead({ concurrent: 2, queue: 10, order: 'fifo' }, clock, metrics)
    const next = slow(50)
    const sites = ['one', 'two'].map((step) => guard(gate, { step })(next))
    const calls = [0, 1, 2, 3, 4].map((index) => sites[index % 2]!(callRequest(), ongoing(clock)))
    await clock.advance(200)
    expect(await Promise.all(calls)).toHaveLength(5)
    expect([next.most, gate.inside]).toEqual([2, 0])
  })

  test('fails with `overloaded` in its step, and tells the span', async () => {
    const gate = new Bulkhead({ concurrent: 1, queue: 0, order: 'fifo' }, clock, metrics)
    const call = guard(gate)(slow(50))
    const first = call(callRequest(), ongoing(clock))
    const span = new RecordingSpan(true)
    expect(await errorOf(call(callRequest(), ongoing(clock, { span })))).toMatchObject({
      code: 'overloaded',
      step: 'recommend',
    })
    expect(span.events.map(({ name }) => name)).toEqual(['tessera.shed'])
    await clock.advance(50)
    await first
  })

  test('gives its place back when a call fails', async () => {
    const gate = new Bulkhead({ concurrent: 1, queue: 0, order: 'fifo' }, clock, metrics)
    const call = guard(gate)(scripted(new GatewayError('unavailable'), live))
    await errorOf(call(callRequest(), ongoing(clock)))
    expect((await call(callRequest(), ongoing(clock))).status).toBe(200)
    expect(gate.inside).toBe(0)
  })

  test('asks the context for the class and the client of a call', async () => {
    const policy = { concurrent: 1, queue: 10, order: 'priority' }
    const gate = new Bulkhead(policy, clock, metrics)
    const order: unknown[] = []
    const priorityOf = ({ request }: { request: Record<string, unknown> }) => (request['vip'] ? 1 : 2)
    const next: Layer = async (_request, call) => {
      order.push(call.context.document.request['name'])
      await new Promise<void>((resolve) => void clock.schedule(10, resolve))
      return live
    }
    const call = guard(gate, { priorityOf })(next)
    const come = (name: string, vip = false) =>
      call(callRequest(), ongoing(clock, { document: { request: { name, vip }, steps: {} } }))
    const calls = [come('first'), come('second'), come('vip', true)]
    await clock.advance(100)
    await Promise.all(calls)
    expect(order).toEqual(['first', 'vip', 'second'])
  })
})

describe('a rate around calls', () => {
  const guard = (perSecond: number, maxWaitMs: number, next: Layer) => {
    const limiter = new LocalRateLimiter(new CellRate({ perSecond, burst: 1 }, maxWaitMs), () => clock.now())
    const config = { policy: { perSecond, burst: 1 }, maxWaitMs, by: [], keyOf: undefined }
    return layerOf(limit, config, { clock, rate: { limiter, metrics: { took() {} } } })(next)
  }

  test('makes one too many wait for its turn', async () => {
    const next = scripted(live)
    const call = guard(10, 500, next)
    const calls = [0, 1, 2].map(() => call(callRequest(), ongoing(clock)))
    await clock.advance(100)
    expect(next.calls).toBe(2)
    await clock.advance(100)
    expect(await Promise.all(calls)).toHaveLength(3)
  })

  test('sheds what would wait too long, or beyond the request’s deadline', async () => {
    const call = guard(10, 150, scripted(live))
    await call(callRequest(), ongoing(clock))
    const late = await errorOf(call(callRequest(), ongoing(clock, { deadline: clock.now() + 50 })))
    expect(late.code).toBe('overloaded')
    expect(await errorOf(call(callRequest(), ongoing(clock)))).toMatchObject({ code: 'overloaded', retryAfter: 1 })
  })

  test('lets go of one who is cancelled while it waits', async () => {
    const next = scripted(live)
    const call = guard(10, 500, next)
    await call(callRequest(), ongoing(clock))
    const scope = new Scope()
    const failed = errorOf(call(callRequest(), ongoing(clock, { scope })))
    scope.cancel(new GatewayError('cancelled'))
    expect((await failed).code).toBe('cancelled')
    expect([next.calls, clock.pending]).toEqual([1, 0])
  })
})
