import { describe, expect, test } from '@jest/globals'
import type { CallRequest, CallResponse } from '../../../src/calls/call.ts'
import type { Layer, OngoingCall } from '../../../src/calls/layer.ts'
import { fallback } from '../../../src/calls/policies/fallback.ts'
import type { CallSite } from '../../../src/calls/policy.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { Body } from '../../../src/json/body.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import {
  callRequest,
  callSite,
  errorOf,
  live,
  ongoing,
  RecordingMetrics,
  RecordingSpan,
  type SiteOptions,
  scripted,
} from '../../support/sites.ts'

const unavailable = new GatewayError('unavailable')
const spare: CallResponse = { status: 200, headers: {}, body: Body.ofValue('spare'), source: 'fallback', attempts: 0 }
const handler = (run: () => CallResponse | Promise<CallResponse>) => ({ kind: 'handler', run }) as const
const lastGood = { kind: 'lastGood', maxAgeMs: 600_000 } as const

function build(fallbacks: CallSite['fallbacks'], site: SiteOptions = {}) {
  const clock = new FakeClock()
  const store = new MemoryStore(1_000_000, () => clock.epoch())
  const metrics = new RecordingMetrics()
  const policy =
    (next: Layer) =>
    (request: CallRequest, { context }: OngoingCall) =>
      fallback(callSite({ ...site, fallbacks, render: () => request }), { clock, store, metrics })(next)(context)
  return { clock, store, metrics, policy }
}

describe('fallback', () => {
  test('leaves a good answer alone', async () => {
    const { clock, policy } = build([handler(() => spare)])
    expect(await policy(scripted(live))(callRequest(), ongoing(clock))).toMatchObject({
      source: 'live',
      body: { value: { ok: true } },
    })
  })

  test('covers a request that could not be rendered, by all but the last good answer', async () => {
    const clock = new FakeClock()
    const missing = new GatewayError('missing-input')
    const site = callSite({
      fallbacks: [lastGood, handler(() => spare)],
      render() {
        throw missing
      },
    })
    const parts = { clock, store: new MemoryStore(1_000_000, () => clock.epoch()), metrics: new RecordingMetrics() }
    const response = await fallback(site, parts)(scripted(live))(ongoing(clock).context)
    expect(response).toEqual({ ...spare, attempts: 0, error: missing })
  })

  test('covers a failure, and says which', async () => {
    const { clock, metrics, policy } = build([handler(() => spare)])
    const span = new RecordingSpan(true)
    const response = await policy(scripted(unavailable))(callRequest(), ongoing(clock, { span }))
    expect(response).toEqual({ ...spare, attempts: 1, error: unavailable })
    expect(metrics.lines).toEqual(['fallback fallback unavailable'])
    expect(span.events).toEqual([
      { name: 'tessera.fallback', attributes: { source: 'fallback', 'error.type': 'unavailable' } },
    ])
  })

  test('tries its list in order', async () => {
    const failing = handler(() => Promise.reject(new GatewayError('timeout')))
    const { clock, policy } = build([
      lastGood,
      failing,
      handler(() => spare),
      handler(() => ({ ...spare, body: Body.ofValue('late') })),
    ])
    expect((await policy(scripted(unavailable))(callRequest(), ongoing(clock))).body?.value).toBe('spare')
  })

  test('throws the error of the call itself when nothing covers it', async () => {
    const { clock, policy } = build([lastGood, handler(() => Promise.reject(new GatewayError('timeout')))])
    expect(await errorOf(policy(scripted(unavailable))(callRequest(), ongoing(clock)))).toBe(unavailable)
  })

  test('does not cover a cancelled call', async () => {
    const { clock, policy } = build([handler(() => spare)])
    const cancelled = new GatewayError('cancelled')
    expect(await errorOf(policy(scripted(cancelled))(callRequest(), ongoing(clock)))).toBe(cancelled)
    const scope = new Scope()
    scope.cancel(cancelled)
    expect(await errorOf(policy(scripted(unavailable))(callRequest(), ongoing(clock, { scope })))).toBe(cancelled)
  })

  test('gives the last good answer of an equal request, a copy for each', async () => {
    const { clock, policy } = build([lastGood])
    await policy(scripted(live))(callRequest(), ongoing(clock))
    await clock.advance(600_000)
    const failing = policy(scripted(unavailable))
    const first = await failing(callRequest(), ongoing(clock))
    const second = await failing(callRequest(), ongoing(clock))
    expect(first).toMatchObject({
      status: 200,
      body: { value: { ok: true } },
      source: 'stale',
      attempts: 1,
      error: unavailable,
    })
    expect(second.body?.value).toEqual(first.body?.value)
    expect(second.body?.value).not.toBe(first.body?.value)
  })

  test('gives none that is too old', async () => {
    const { clock, policy } = build([lastGood])
    await policy(scripted(live))(callRequest(), ongoing(clock))
    await clock.advance(600_001)
    expect(await errorOf(policy(scripted(unavailable))(callRequest(), ongoing(clock)))).toBe(unavailable)
  })

  test.each([
    ['user', { headers: { authorization: 'Bearer b' } }],
    ['path', { path: '/recommend/rome' }],
    ['method', { method: 'HEAD' }],
    ['body', { body: '{}' }],
  ])('never gives the answer to a request of another %s', async (_name, other) => {
    const { clock, policy } = build([lastGood])
    await policy(scripted(live))(callRequest({ headers: { authorization: 'Bearer a' } }), ongoing(clock))
    const request = callRequest({ headers: { authorization: 'Bearer a' }, ...other })
    expect(await errorOf(policy(scripted(unavailable))(request, ongoing(clock)))).toBe(unavailable)
  })

  test('records nothing where no last good answer is asked for', async () => {
    const { clock, store, policy } = build([handler(() => spare)])
    await policy(scripted(live))(callRequest(), ongoing(clock))
    expect(store.bytes).toBe(0)
  })

  test('does not keep what the backend says not to store', async () => {
    const { clock, store, policy } = build([lastGood])
    await policy(scripted({ ...live, headers: { 'cache-control': 'private, no-store' } }))(
      callRequest(),
      ongoing(clock),
    )
    expect(store.bytes).toBe(0)
  })

  test('keeps no credentials', async () => {
    const { clock, store, policy } = build([lastGood])
    const keys: string[] = []
    const set = store.set.bind(store)
    store.set = (key, ...rest) => {
      keys.push(key.digest)
      set(key, ...rest)
    }
    await policy(scripted(live))(callRequest({ headers: { authorization: 'Bearer hush' } }), ongoing(clock))
    expect(keys).toHaveLength(1)
    expect(keys[0]).not.toContain('hush')
  })
})
