import { describe, expect, test } from '@jest/globals'
import type { CallRequest } from '../../../src/calls/call.ts'
import type { Layer, LayerResponse, OngoingCall } from '../../../src/calls/layer.ts'
import type { CallSite } from '../../../src/calls/policy.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { Body } from '../../../src/json/body.ts'
import { coalesce } from '../../../src/operations/policies/coalesce/coalesce.ts'
import { keyOfFlights } from '../../../src/operations/policies/coalesce/key.ts'
import type { Flights } from '../../../src/operations/policies/coalesce/singleflight.ts'
import { timeout } from '../../../src/operations/policies/timeout/timeout.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'
import {
  callRequest,
  callSite,
  errorOf,
  layerOf,
  live,
  ongoing,
  RecordingMetrics,
  type SiteOptions,
} from '../../support/sites.ts'

const declared = { isImplied: false }

interface Asked {
  readonly request: CallRequest
  readonly call: OngoingCall
  answer(response?: Partial<LayerResponse>): Promise<void>
  fail(error: GatewayError): Promise<void>
}

/** A joining layer around a backend whose answers the test gives. */
function build(overrides: SiteOptions = {}) {
  const clock = new FakeClock()
  const metrics = new RecordingMetrics()
  const site = callSite({ coalesce: declared, ...overrides })
  const asked: Asked[] = []
  const backend: Layer = (request, call) =>
    new Promise((resolve, reject) => {
      call.attempts++
      call.scope.onCancel(reject)
      asked.push({
        request,
        call,
        answer(response) {
          resolve({ ...live, ...response, attempts: call.attempts })
          return settle()
        },
        fail(error) {
          reject(error)
          return settle()
        },
      })
    })
  const flights: Flights = new Map()
  const layer = layerOf(coalesce, declared, { site, clock, metrics, state: flights })(
    layerOf(timeout, site.timeoutMs, { clock, site })(backend),
  )
  const ask = ({
    request = {},
    scope = new Scope(),
    budgetMs = 10_000,
    baggage = undefined as string | undefined,
  } = {}) => {
    const propagation = { tracestate: undefined, baggage, requestId: 'r' }
    const call = ongoing(clock, { scope, deadline: clock.now() + budgetMs, propagation })
    return { answer: layer(callRequest(request), call), call }
  }
  return { clock, metrics, asked, flights, ask }
}

describe('equal calls', () => {
  test('are made once, however many wait', async () => {
    const { asked, ask, metrics, flights } = build()
    const waiting = Array.from({ length: 100 }, () => ask().answer)
    expect(asked).toHaveLength(1)
    await asked[0]!.answer()
    const answers = await Promise.all(waiting)
    expect(answers.map(({ source }) => source)).toEqual(['live', ...new Array(99).fill('coalesced')])
    expect(answers.map(({ attempts }) => attempts)).toEqual([1, ...new Array(99).fill(0)])
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
    expect(metrics.lines).toHaveLength(99)
    expect(flights.size).toBe(0)
  })

  test('are made again once the first has ended', async () => {
    const { asked, ask } = build()
    const first = ask().answer
    await asked[0]!.answer()
    await first
    void ask()
    expect(asked).toHaveLength(2)
  })

  test.each<[string, Partial<CallRequest>]>([
    ['path', { path: '/recommend/rome' }],
    ['method', { method: 'HEAD' }],
    ['credentials', { headers: { authorization: 'Bearer b' } }],
    ['body', { body: '{}' }],
  ])('are not equal with another %s', async (_name, request) => {
    const { asked, ask } = build()
    void ask({ request: { headers: { authorization: 'Bearer a' } } })
    void ask({ request: { headers: { authorization: 'Bearer a' }, ...request } })
    expect(asked).toHaveLength(2)
  })

  test('fail together, each with an error of its own', async () => {
    const { asked, ask } = build()
    const [one, other] = [errorOf(ask().answer), errorOf(ask().answer)]
    await asked[0]!.fail(new GatewayError('http-503', { response: { status: 503, body: { a: 1 } }, step: 'elsewhere' }))
    expect(await one).toMatchObject({ code: 'http-503' })
    expect(await other).toMatchObject({
      code: 'http-503',
      step: 'recommend',
      response: { status: 503, body: { a: 1 } },
    })
    expect(await one).not.toBe(await other)
  })
})

describe('who waits', () => {
  test('may leave, the first one too, and takes nobody along', async () => {
    const { asked, ask } = build()
    const scope = new Scope()
    const first = errorOf(ask({ scope }).answer)
    const second = ask()
    const reason = new GatewayError('cancelled')
    scope.cancel(reason)
    expect(await first).toBe(reason)
    await asked[0]!.answer()
    expect(await second.answer).toMatchObject({ source: 'live', attempts: 1 })
    expect(second.call.attempts).toBe(1)
  })

  test('ends the call when it is the last one to leave', async () => {
    const { asked, ask, flights, clock } = build()
    const scopes = [new Scope(), new Scope()]
    const gone = scopes.map((scope) => errorOf(ask({ scope }).answer))
    scopes[0]!.cancel(new GatewayError('cancelled'))
    expect(asked[0]!.call.scope.reason).toBeUndefined()
    scopes[1]!.cancel(new GatewayError('cancelled'))
    expect(asked[0]!.call.scope.reason).toMatchObject({ code: 'cancelled' })
    await Promise.all(gone)
    expect(flights.size).toBe(0)
    await settle()
    expect(clock.pending).toBe(0)
    void ask()
    expect(asked).toHaveLength(2)
  })

  test('leaves at its own deadline, and the call goes on for the others', async () => {
    const { clock, asked, ask } = build()
    const hasty = errorOf(ask({ budgetMs: 50 }).answer)
    const patient = ask({ budgetMs: 500 }).answer
    await clock.advance(50)
    expect(await hasty).toMatchObject({ code: 'timeout' })
    await clock.advance(100)
    await asked[0]!.answer()
    expect(await patient).toMatchObject({ source: 'live' })
    expect(asked).toHaveLength(1)
  })

  test('leaves when there is no more time, also if it came last', async () => {
    const { clock, asked, ask } = build()
    const patient = ask({ budgetMs: 500 }).answer
    const hasty = errorOf(ask({ budgetMs: 50 }).answer)
    await clock.advance(50)
    expect(await hasty).toMatchObject({ code: 'timeout' })
    await asked[0]!.answer()
    expect(await patient).toMatchObject({ source: 'live' })
  })

  test('alone, lets the backend be known to have timed out', async () => {
    const { clock, asked, ask } = build()
    const answer = errorOf(ask({ budgetMs: 50 }).answer)
    await clock.advance(50)
    expect(await answer).toMatchObject({ code: 'timeout' })
    expect(asked[0]!.call.scope.reason).toMatchObject({ code: 'timeout' })
  })

  test('is told when the call itself takes too long', async () => {
    const { clock, ask } = build({ timeoutMs: 300 })
    const answers = [errorOf(ask().answer), errorOf(ask().answer)]
    await clock.advance(300)
    for (const error of await Promise.all(answers)) expect(error).toMatchObject({ code: 'timeout' })
  })

  test('asks no backend when its time is up already', async () => {
    const { ask, asked } = build()
    expect(await errorOf(ask({ budgetMs: 0 }).answer)).toMatchObject({ code: 'timeout' })
    expect(asked).toHaveLength(0)
  })
})

test.each([
  ['private', { 'cache-control': 'private' }],
  ['no-store', { 'cache-control': 'no-store' }],
  ['a cookie', { 'set-cookie': ['session=1'] }],
])('an answer with %s is one caller’s: the others ask for themselves', async (_name, headers) => {
  const { asked, ask } = build()
  const answers = [ask().answer, ask().answer, ask().answer]
  await asked[0]!.answer({ headers, body: Body.ofValue('first') })
  expect(asked).toHaveLength(3)
  await asked[1]!.answer({ headers, body: Body.ofValue('second') })
  await asked[2]!.answer({ headers, body: Body.ofValue('third') })
  expect((await Promise.all(answers)).map(({ body }) => body?.value)).toEqual(['first', 'second', 'third'])
})

describe('sites', () => {
  const site = callSite({ coalesce: declared })
  const keyOf = (one: CallSite) => JSON.stringify(keyOfFlights(one))

  test('join where they differ in nothing but their place', () => {
    const other = { ...site, route: 'search', step: 'similar' }
    expect(keyOf(other)).toBe(keyOf(site))
  })

  test.each<[string, Partial<CallSite>]>([
    ['timeout', { timeoutMs: 1 }],
    ['operation', { operation: 'other' }],
    ['service', { service: { ...site.service, key: 'other' } }],
    ['reading of the body', { indexBody: () => undefined }],
    ['idea of success', { isSuccess: () => true }],
    ['idea of a usable body', { isUsable: () => false }],
  ])('do not join with another %s', (_name, difference) => {
    expect(keyOf({ ...site, ...difference })).not.toBe(keyOf(site))
  })

  test('join whether they were told to or have a cache that implies it', () => {
    expect(keyOf(callSite({ ...site, coalesce: { isImplied: true } }))).toBe(keyOf(site))
  })
})
