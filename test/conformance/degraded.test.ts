import { describe, expect, test } from '@jest/globals'
import { type Stubs, startStubbedGateway } from '../support/stubbed-gateway.ts'

const dictionary =
  'colors:\n  banner.list: { type: array }\n  promo.list: { type: array }\n  news.list: { type: array }\n  city.list: { type: array }\n'
const service = `
service: s
endpoints: [BACKEND]
operations:
  banners: { get: /banners, out: { banner.list: $.list }, timeout: 50ms }
  promos: { get: /promos, out: { promo.list: $.list }, breaker: { minCalls: 1, errorRate: 1%, open: 1h } }
  news: { get: /news, out: { news.list: $.list } }
  city: { get: '/city', out: { city.list: $.list } }
`
const stubs: Stubs = {
  'GET /banners': { delayMs: 5000 },
  'GET /promos': { status: 500 },
  'GET /news': { body: { list: [1] }, headers: { 'cache-control': 'max-age=60' } },
  'GET /city': (_, before) => (before === 0 ? { body: { list: ['first'] } } : { status: 503 }),
}
const start = (route: string) =>
  startStubbedGateway({ dictionary, 'services/s': service, 'routes/r': `match: GET /r\n${route}` }, stubs)

const page = (more = '') => `
${more}
do:
  - parallel:
      - { invoke: s.banners, fallback: { body: { list: [] } } }
      - { invoke: s.promos, optional: true }
      - { invoke: s.news }
response:
  headers: { cache-control: 'private, max-age=60' }
  body: { banners: $.banner.list, promos: $.promo.list, news: $.news.list }
`

describe('a degraded answer', () => {
  test('says what fell back and what was left out, in the order of the file', async () => {
    const { ask } = await start(page())
    await ask('/r')
    const answer = await ask('/r')
    expect(answer.status).toBe(200)
    expect(answer.json).toEqual({ banners: [], news: [1] })
    expect(answer.headers['tessera-degraded']).toBe(
      'banners;source=fallback;error=timeout, promos;source=skipped;error=circuit-open',
    )
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('may be cached as long as its route says, as privately as its route says', async () => {
    const { ask } = await start(page('degradedMaxAge: 5s'))
    expect((await ask('/r')).headers['cache-control']).toBe('private, max-age=5')
  })

  test('may be cached although its route says nothing else', async () => {
    const { ask } = await start(
      'degradedMaxAge: 5s\ndo: [ { invoke: s.promos, optional: true } ]\nresponse: { body: {} }',
    )
    expect((await ask('/r')).headers['cache-control']).toBe('max-age=5')
  })

  test('is not cached where its route never is', async () => {
    const { ask } = await start(
      'degradedMaxAge: 5s\ndo: [ { invoke: s.promos, optional: true } ]\nresponse: { headers: { Cache-Control: no-store }, body: {} }',
    )
    expect((await ask('/r')).headers['cache-control']).toBe('no-store')
  })

  test('names a last good answer as stale', async () => {
    const { ask } = await start(
      'do: [ { invoke: s.city, fallback: { lastGood: 10m } } ]\nresponse: { body: $.city.list }',
    )
    expect((await ask('/r')).headers['tessera-degraded']).toBeUndefined()
    const answer = await ask('/r')
    expect(answer.json).toEqual(['first'])
    expect(answer.headers['tessera-degraded']).toBe('city;source=stale;error=http-503')
  })

  test('names an id rather than an operation, and a step of a forEach once', async () => {
    const { ask } = await start(
      'do: [ { forEach: { in: [1, 2, 3] }, do: [ { id: each-one, invoke: s.promos, optional: true } ] } ]\nresponse: { body: {} }',
    )
    await ask('/r')
    expect((await ask('/r')).headers['tessera-degraded']).toBe('each-one;source=skipped;error=circuit-open')
  })

  test('is one in which a catch stood in', async () => {
    const { ask } = await start(
      'do: [ { try: [ { invoke: s.banners } ], catch: [ { errors: [timeout], do: [ { assign: { banner.list: [] } } ] } ] } ]\nresponse: { body: $.banner.list }',
    )
    expect((await ask('/r')).headers['tessera-degraded']).toBe('banners;source=skipped;error=timeout')
  })

  test('is not one whose step was passed by', async () => {
    const { ask } = await start('do: [ { when: false, invoke: s.banners } ]\nresponse: { body: 1 }')
    const answer = await ask('/r')
    expect([answer.headers['tessera-degraded'], answer.headers['cache-control']]).toEqual([undefined, undefined])
  })
})

describe('Server-Timing', () => {
  test('names every call with its milliseconds', async () => {
    const { ask } = await start(page())
    const header = String((await ask('/r')).headers['server-timing'])
    const names = header.split(', ').map((entry) => entry.split(';')[0])
    expect(names.sort()).toEqual(['banners', 'news', 'promos'])
    expect(header).toMatch(/banners;dur=\d+(\.\d)?/)
  })

  test('is told of a failure too', async () => {
    const { ask } = await start('do: [ { invoke: s.promos } ]\nresponse: { body: 1 }')
    expect((await ask('/r')).headers['server-timing']).toMatch(/^promos;dur=/)
  })

  test('is not there without a call', async () => {
    const { ask } = await start('response: { body: 1 }')
    expect((await ask('/r')).headers['server-timing']).toBeUndefined()
  })
})
