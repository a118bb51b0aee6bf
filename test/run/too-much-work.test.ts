import { describe, expect, test } from '@jest/globals'
import { type RunOptions, runRoute as run } from '../support/engine.ts'

/** With time enough, so that only the work can end it on a busy machine. */
const runRoute = (text: string, options?: RunOptions) => run(`timeout: 1m\n${text.replace(/^\n/, '')}`, options)

const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index))
const post = (body: unknown) => ({ method: 'POST', body })

describe('work that multiplies ends the request', () => {
  const pairs =
    'in: { product.ids: $.ids }\nresponse: { body: { $each: $.product.ids, $map: { $each: $.product.ids, $map: $.item } } }'

  test('16 KB of ids in $each of $each are the client’s fault', async () => {
    const result = await runRoute(pairs, { request: post({ ids: ids(4000) }) })
    expect(result).toMatchObject({ status: 400, body: 'too-much-work' })
  })

  test('so are 200,000 of them, whose pairs nobody would live to see', async () => {
    const result = await runRoute(pairs, { request: post({ ids: ids(200_000) }) })
    expect(result).toMatchObject({ status: 400, body: 'too-much-work' })
  })

  test('few enough are answered', async () => {
    const result = await runRoute(pairs, { request: post({ ids: ids(30) }) })
    expect(result.status).toBe(200)
    expect(result.body).toHaveLength(30)
  })

  test('a list that is put into the answer once for each of its elements is not printed', async () => {
    const route = 'in: { product.ids: $.ids }\nresponse: { body: { $each: $.product.ids, $map: $.product.ids } }'
    expect(await runRoute(route, { request: post({ ids: ids(40_000) }) })).toMatchObject({ status: 400 })
  })

  test('a filter inside a filter over 10,000 items of a backend is the backend’s', async () => {
    const items = Array.from({ length: 10_000 }, (_, index) => ({ id: String(index) }))
    const route = `
in: { geo.city: query.city, user.segment: query.segment }
do: [ { invoke: reco.recommend } ]
response: { body: '$.product.list[?count($.product.list[?@.id == "1"]) == 1]' }`
    const request = { query: { city: 'sh', segment: 'vip' } }
    const result = await runRoute(route, { request, mocks: { 'reco.recommend': { items } } })
    expect(result).toMatchObject({ status: 502, body: 'too-much-work' })
  })

  test('so is asking for each whether it is in the list', async () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({ id: String(index) }))
    const route = `
in: { geo.city: query.city, user.segment: query.segment }
do: [ { invoke: reco.recommend } ]
response: { body: '\${ product.ids.filter(x, !(x in product.ids)) }' }`
    const request = { query: { city: 'sh', segment: 'vip' } }
    const result = await runRoute(route, { request, mocks: { 'reco.recommend': { items } } })
    expect(result).toMatchObject({ status: 502, body: 'too-much-work' })
  })

  test('with little from anybody it is the route’s own', async () => {
    const route = `
maxWork: 100
response: { body: { $each: [1, 2, 3, 4, 5, 6, 7, 8, 9, '$.request.id'], $map: { $each: [1, 2, 3, 4, 5, 6, 7, 8, 9, '$.request.id'], $map: { $each: [1, 2, '$.request.id'], $map: $.item } } } }`
    expect(await runRoute(route)).toMatchObject({ status: 500, body: 'too-much-work' })
  })
})

describe('calls', () => {
  const loop =
    'in: { product.ids: $.ids }\ndo: [ { forEach: { in: $.product.ids, as: product.ids, batch: 1 }, do: [ { invoke: content.prices } ] } ]\nresponse: { status: 204 }'
  const mocks = { 'content.prices': { prices: [] } }

  test('of a loop are counted before the first', async () => {
    const result = await runRoute(loop, { request: post({ ids: ids(1001) }), mocks })
    expect(result).toMatchObject({ status: 400, body: 'too-much-work', requests: [] })
  })

  test('as many as are allowed are made', async () => {
    const result = await runRoute(loop, { request: post({ ids: ids(1000) }), mocks })
    expect(result.status).toBe(204)
    expect(result.requests).toHaveLength(1000)
  })

  test('with a condition are counted when they begin, and blamed on the list all the same', async () => {
    const text = loop.replace('{ invoke: content.prices }', '{ invoke: content.prices, when: index < 150 }')
    const result = await runRoute(`maxCalls: 100\n${text}`, { request: post({ ids: ids(300) }), mocks })
    expect(result).toMatchObject({ status: 400, body: 'too-much-work' })
    expect(result.requests).toHaveLength(100)
  })

  test('beyond the bound end the request, optional or not, and are the route’s own', async () => {
    const route = `
maxCalls: 1
in: { geo.city: query.city, user.segment: query.segment }
do: [ { invoke: reco.recommend }, { invoke: content.banners, optional: true } ]
response: { body: $.banner.list }`
    const request = { query: { city: 'sh', segment: 'vip' } }
    const result = await runRoute(route, { request, mocks: { 'reco.recommend': { items: [] } } })
    expect(result).toMatchObject({ status: 500, body: 'too-much-work' })
  })
})

describe('nothing handles it', () => {
  const heavy = 'assign: { banner.list: { $each: $.product.ids, $map: { $each: $.product.ids, $map: $.item } } }'
  const request = post({ ids: ids(4000) })

  test('no catch of all', async () => {
    const route = `
in: { product.ids: $.ids }
do:
  - try: [ { ${heavy} } ]
    catch: [ { errors: [all], do: [ { assign: { banner.list: [] } } ] } ]
response: { body: $.banner.list }`
    expect(await runRoute(route, { request })).toMatchObject({ status: 400, body: 'too-much-work' })
  })

  test('no optional', async () => {
    const route = `
in: { product.ids: $.ids }
do: [ { invoke: content.prices, optional: true, with: { product.ids: '\${ product.ids.filter(x, product.ids.all(y, y != "x")) }' } } ]
response: { body: $.price.list }`
    expect(await runRoute(route, { request })).toMatchObject({ status: 400, body: 'too-much-work' })
  })
})
