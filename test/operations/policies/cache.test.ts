import { describe, expect, test } from '@jest/globals'
import type { CallRequest } from '../../../src/calls/call.ts'
import type { CachePolicy } from '../../../src/calls/http-caching/lifetimes.ts'
import type { Layer, LayerResponse } from '../../../src/calls/layer.ts'
import { Scope } from '../../../src/cancellation.ts'
import { GatewayError } from '../../../src/errors.ts'
import { Body } from '../../../src/json/body.ts'
import { answerFromStore } from '../../../src/operations/policies/cache/answer-from-store.ts'
import { cache } from '../../../src/operations/policies/cache/cache.ts'
import { Refreshes } from '../../../src/operations/policies/cache/refreshes.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { FakeClock, settle } from '../../support/fake-clock.ts'
import {
  callRequest,
  callSite,
  errorOf,
  layerOf,
  ongoing,
  RecordingMetrics,
  type SiteOptions,
} from '../../support/sites.ts'

type Reply = GatewayError | { status?: number; headers?: LayerResponse['headers']; text?: string }

const second = 1000

/** A cache around a backend that answers by a list, the last reply for ever. */
function build(policy: Partial<CachePolicy>, replies: readonly Reply[], site: SiteOptions = {}) {
  const clock = new FakeClock()
  const store = new MemoryStore(1_000_000, () => clock.epoch())
  const metrics = new RecordingMetrics()
  const refreshes = new Refreshes(clock)
  const asked: CallRequest[] = []
  const backend: Layer = async (request, call) => {
    const reply = replies[Math.min(asked.length, replies.length - 1)]!
    asked.push(request)
    call.attempts++
    call.context.scope.throwIfCancelled()
    if (reply instanceof GatewayError) throw reply
    const { status = 200, headers = {}, text = `{"n":${asked.length}}` } = reply
    return { status, headers, body: Body.ofValue(JSON.parse(text)), source: 'live', attempts: call.attempts }
  }
  const full = { ttlMs: 30 * second, staleMs: 0, staleIfErrorMs: 0, override: false, ...policy }
  // The layer of the cache alone: what flies inside of it has tests of its own.
  const alone = { ...cache, wrap: answerFromStore }
  const place = callSite({ cache: full, ...site })
  const layer = layerOf(alone, full, { site: place, clock, metrics, store, state: refreshes })(backend)
  const ask = (request: Partial<CallRequest> = {}, scope = new Scope()) =>
    layer(callRequest(request), ongoing(clock, { scope }))
  return { clock, store, metrics, refreshes, asked, ask }
}

const failing = new GatewayError('http-503', { response: { status: 503, body: undefined } })

describe('a cache', () => {
  test('answers an equal request from the store while it is fresh', async () => {
    const { clock, asked, ask, metrics } = build({}, [{}])
    expect(await ask()).toMatchObject({ source: 'live', body: { value: { n: 1 } }, cacheStatus: 'fwd=uri-miss;stored' })
    await clock.advance(29 * second)
    expect(await ask()).toMatchObject({
      source: 'cache',
      body: { value: { n: 1 } },
      attempts: 0,
      cacheStatus: 'hit;ttl=1',
    })
    await clock.advance(second)
    expect(await ask()).toMatchObject({ source: 'live', body: { value: { n: 2 } } })
    expect(asked).toHaveLength(2)
    expect(metrics.lines).toEqual(['cache miss', 'cache stored', 'cache hit', 'cache miss', 'cache stored'])
  })

  test.each<[string, Partial<CallRequest>]>([
    ['another path', { path: '/recommend/rome' }],
    ['another method', { method: 'HEAD' }],
    ['another user', { headers: { authorization: 'Bearer b' } }],
    ['a header more', { headers: { authorization: 'Bearer a', 'x-user-id': '7' } }],
  ])('asks anew for %s', async (_name, other) => {
    const { asked, ask } = build({}, [{}])
    await ask({ headers: { authorization: 'Bearer a' } })
    expect(await ask({ headers: { authorization: 'Bearer a' }, ...other })).toMatchObject({ source: 'live' })
    expect(asked).toHaveLength(2)
  })

  test.each<[string, Reply]>([
    ['no-store', { headers: { 'cache-control': 'no-store' } }],
    ['private', { headers: { 'cache-control': 'max-age=60, private' } }],
    ['Vary: *', { headers: { vary: '*' } }],
    ['a Vary by what is new in every call', { headers: { vary: 'accept, X-Request-Id' } }],
    ['a cookie', { headers: { 'set-cookie': ['session=1'] } }],
    ['an age as long as its life', { headers: { 'cache-control': 'max-age=60', age: '60' } }],
    ['no-cache and no validator', { headers: { 'cache-control': 'no-cache' } }],
    ['an Expires in the past', { headers: { expires: '0' } }],
    ['a part of the body', { status: 206 }],
  ])('does not keep an answer with %s', async (_name, reply) => {
    const { asked, ask, store } = build({}, [reply])
    await ask()
    expect((await ask()).source).toBe('live')
    expect(asked).toHaveLength(2)
    expect(store.bytes).toBe(0)
  })

  test('keeps nothing without a lifetime from anyone', async () => {
    const { asked, ask } = build({ ttlMs: undefined }, [{}])
    await ask()
    await ask()
    expect(asked).toHaveLength(2)
  })

  test('keeps what failed neither', async () => {
    const { asked, ask, store } = build({ staleIfErrorMs: 60 * second }, [failing])
    expect(await errorOf(ask())).toBe(failing)
    expect(await errorOf(ask())).toBe(failing)
    expect(asked).toHaveLength(2)
    expect(store.bytes).toBe(0)
  })

  test('passes over what the backend says when told to, but never shares a cookie', async () => {
    const { ask } = build({ override: true }, [{ headers: { 'cache-control': 'no-store, private, max-age=0' } }])
    await ask()
    expect((await ask()).source).toBe('cache')
    const cookies = build({ override: true }, [{ headers: { 'set-cookie': ['a=b'] } }])
    await cookies.ask()
    expect((await cookies.ask()).source).toBe('live')
  })

  test('believes the backend rather than its own ttl, for longer and for shorter', async () => {
    const { clock, ask } = build({}, [{ headers: { 'cache-control': 'max-age=5, s-maxage=90' } }])
    await ask()
    await clock.advance(89 * second)
    expect((await ask()).source).toBe('cache')
    const short = build({}, [{ headers: { 'cache-control': 'max-age=5' } }])
    await short.ask()
    await short.clock.advance(5 * second)
    expect((await short.ask()).source).toBe('live')
  })

  test('does not give one site what only another one is content with', async () => {
    const { ask, asked } = build({}, [{ text: '{}' }], {
      isUsable: (body) => Object.keys(body?.value as object).length > 0,
    })
    await ask()
    expect((await ask()).source).toBe('live')
    expect(asked).toHaveLength(2)
  })

  test('forgets what is purged', async () => {
    const { ask, asked, store } = build({}, [{}])
    await ask()
    await store.purge({ kind: 'service', service: 'reco', operation: 'recommend' })
    expect((await ask()).source).toBe('live')
    expect((await ask()).source).toBe('cache')
    expect(asked).toHaveLength(2)
  })
})

describe('a stale answer', () => {
  test('is given at once while a newer one is fetched, once', async () => {
    const { clock, asked, ask, metrics } = build({ staleMs: 300 * second }, [{}])
    await ask()
    await clock.advance(31 * second)
    const [one, other] = await Promise.all([ask(), ask()])
    expect(one).toMatchObject({ source: 'stale', body: { value: { n: 1 } }, cacheStatus: 'hit;ttl=-1' })
    expect(one.error).toBeUndefined()
    expect(other).toMatchObject({ source: 'stale', body: { value: { n: 1 } } })
    await settle()
    expect(await ask()).toMatchObject({ source: 'cache', body: { value: { n: 2 } } })
    expect(asked).toHaveLength(2)
    expect(metrics.lines.filter((line) => line === 'cache stale')).toHaveLength(2)
  })

  test('is renewed although the one who was given it has left', async () => {
    const { clock, ask, asked } = build({ staleMs: 300 * second }, [{}])
    await ask()
    await clock.advance(31 * second)
    const scope = new Scope()
    await ask({}, scope)
    scope.cancel(new GatewayError('cancelled'))
    await settle()
    expect(await ask()).toMatchObject({ source: 'cache', body: { value: { n: 2 } } })
    expect(asked).toHaveLength(2)
  })

  test('is not asked for again within a second after that failed', async () => {
    const { clock, ask, asked } = build({ staleMs: 300 * second }, [{}, failing])
    await ask()
    await clock.advance(31 * second)
    for (let time = 0; time < 5; time++) {
      expect((await ask()).source).toBe('stale')
      await settle()
    }
    expect(asked).toHaveLength(2)
    await clock.advance(second)
    await ask()
    expect(asked).toHaveLength(3)
  })

  test('is given no longer than was said', async () => {
    const { clock, ask } = build({ staleMs: 10 * second }, [{}])
    await ask()
    await clock.advance(40 * second)
    expect((await ask()).source).toBe('live')
  })

  test.each([
    ['must-revalidate', 'max-age=5, must-revalidate'],
    ['proxy-revalidate', 'max-age=5, proxy-revalidate'],
    ['s-maxage', 's-maxage=5'],
  ])('is never given after %s', async (_name, control) => {
    const { clock, ask } = build({ staleMs: 60 * second, staleIfErrorMs: 60 * second }, [
      { headers: { 'cache-control': control } },
      failing,
    ])
    await ask()
    await clock.advance(6 * second)
    expect(await errorOf(ask())).toBe(failing)
  })

  test('is given as long as the backend says, which is not as long as the policy says', async () => {
    const control = 'max-age=5, stale-while-revalidate=5'
    const { clock, ask } = build({ staleMs: 60 * second }, [{ headers: { 'cache-control': control } }])
    await ask()
    await clock.advance(9 * second)
    expect((await ask()).source).toBe('stale')
    const late = build({ staleMs: 60 * second }, [{ headers: { 'cache-control': control } }])
    await late.ask()
    await late.clock.advance(10 * second)
    expect((await late.ask()).source).toBe('live')
  })

  test.each([
    ['a 503', failing],
    ['a timeout', new GatewayError('timeout')],
    ['an open breaker', new GatewayError('circuit-open')],
    ['a full queue', new GatewayError('overloaded')],
    ['an answer that is cut short', new GatewayError('invalid-response')],
    ['too many requests', new GatewayError('http-429', { response: { status: 429, body: undefined } })],
  ])('stands in for %s', async (_name, error) => {
    const { clock, ask, metrics } = build({ staleIfErrorMs: 60 * second }, [{}, error])
    await ask()
    await clock.advance(89 * second)
    expect(await ask()).toMatchObject({ source: 'stale', body: { value: { n: 1 } }, error, attempts: 1 })
    expect(metrics.lines.at(-1)).toBe('cache stale-if-error')
    await clock.advance(second)
    expect(await errorOf(ask())).toBe(error)
  })

  test('does not stand in for an answer that it is gone, and is forgotten', async () => {
    const gone = new GatewayError('http-404', { response: { status: 404, body: undefined } })
    const { clock, ask, store } = build({ staleIfErrorMs: 60 * second }, [{}, gone, failing])
    await ask()
    await clock.advance(31 * second)
    expect(await errorOf(ask())).toBe(gone)
    await settle()
    expect(store.bytes).toBe(0)
    expect(await errorOf(ask())).toBe(failing)
  })

  test('does not stand in for a request that was cancelled', async () => {
    const { clock, ask } = build({ staleIfErrorMs: 60 * second }, [{}])
    await ask()
    await clock.advance(31 * second)
    const scope = new Scope()
    const reason = new GatewayError('cancelled')
    scope.cancel(reason)
    expect(await errorOf(ask({}, scope))).toBe(reason)
  })
})

describe('an answer with a validator', () => {
  const tagged = { headers: { etag: '"a"', 'cache-control': 'max-age=30' } }

  test('is asked about, and a 304 makes it fresh again', async () => {
    const { clock, asked, ask } = build({ ttlMs: undefined }, [
      tagged,
      { status: 304, headers: { etag: '"a"', 'cache-control': 'max-age=90' }, text: 'null' },
    ])
    await ask()
    await clock.advance(31 * second)
    expect(await ask()).toMatchObject({
      status: 200,
      body: { value: { n: 1 } },
      source: 'live',
      cacheStatus: 'fwd=stale;fwd-status=304;stored',
    })
    expect(asked[1]!.headers).toEqual({ 'if-none-match': '"a"' })
    await clock.advance(89 * second)
    expect(await ask()).toMatchObject({ source: 'cache', body: { value: { n: 1 } } })
  })

  test('is asked about by its date where it has no tag', async () => {
    const modified = 'Tue, 14 Nov 2023 12:00:00 GMT'
    const { clock, asked, ask } = build({}, [{ headers: { 'last-modified': modified } }, { status: 304, text: 'null' }])
    await ask()
    await clock.advance(31 * second)
    expect((await ask()).body?.value).toEqual({ n: 1 })
    expect(asked[1]!.headers).toEqual({ 'if-modified-since': modified })
  })

  test('is asked about every time after no-cache', async () => {
    const { asked, ask } = build({}, [
      { headers: { etag: '"a"', 'cache-control': 'no-cache' } },
      { status: 304, text: 'null' },
    ])
    await ask()
    for (const _ of [1, 2, 3]) expect(await ask()).toMatchObject({ status: 200, body: { value: { n: 1 } } })
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"a"', '"a"', '"a"'])
  })

  test('gives way to another one', async () => {
    const { clock, ask } = build({}, [tagged, { headers: { etag: '"b"' } }])
    await ask()
    await clock.advance(31 * second)
    expect(await ask()).toMatchObject({ body: { value: { n: 2 } }, cacheStatus: 'fwd=stale;stored' })
    expect((await ask()).source).toBe('cache')
  })

  test('is fetched whole when the 304 is about another one', async () => {
    const { clock, asked, ask } = build({}, [tagged, { status: 304, headers: { etag: '"b"' }, text: 'null' }, {}])
    await ask()
    await clock.advance(31 * second)
    expect(await ask()).toMatchObject({ status: 200, body: { value: { n: 3 } } })
    expect(asked[2]!.headers).toEqual({})
  })

  test('a 304 that nobody asked for is a failure', async () => {
    const { ask } = build({}, [{ status: 304, text: 'null' }])
    expect(await errorOf(ask())).toMatchObject({ code: 'http-304', step: 'recommend' })
  })
})
