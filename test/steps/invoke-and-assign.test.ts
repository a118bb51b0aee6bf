import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { runRoute } from '../support/engine.ts'

describe('an invoke', () => {
  test('takes its `with` in place of the wiring, color by color', async () => {
    const { requests } = await runRoute(
      `
in: { geo.city: query.city, user.id?: query.u }
do: [ { invoke: reco.recommend, with: { user.segment: vip, geo.city: '\${ geo.city }-center' } } ]
response: { body: $.product.ids }`,
      { request: { query: { city: 'paris' } }, mocks: { 'reco.recommend': { items: [] } } },
    )
    expect(requests[0]!.path).toBe('/recommend/paris-center?seg=vip')
    expect(requests[0]!.headers).toEqual({})
  })

  test('can be written in place: method, locators, body, headers, cookies', async () => {
    const { requests, body } = await runRoute(
      `
in: { user.id: query.u, product.ids: query.ids }
do:
  - id: order
    invoke:
      service: user
      post: /orders/{user.id}?v=2
      in: { product.ids: 'query.ids[,]', user.segment: cookie.seg }
      headers: { x-trace: 'for \${ user.id }', authorization: $.request.headers.authorization }
      body: { ids: $.product.ids, note: $.request.query.note }
      ok: [200-299, 404]
      out: { cart.sum: status, geo.city: header.x-city }
    with: { user.segment: vip }
  - assign: { geo.city: none }
response: { body: { status: $.cart.sum, raw: $.steps.order.body.answer, source: $.steps.order.source, city: $.geo.city } }`,
      {
        request: { query: { u: 'u1', ids: ['a b', 'c'] }, headers: { authorization: 'Bearer t' } },
        mocks: { 'user.order': { answer: 42 } },
      },
    )
    expect(requests[0]).toEqual({
      operation: 'user.order',
      method: 'POST',
      path: '/orders/u1?v=2&ids=a%20b,c',
      headers: {
        'content-type': 'application/json',
        'x-trace': 'for u1',
        authorization: 'Bearer t',
        cookie: 'seg=vip',
      },
      body: '{"ids":["a b","c"]}',
    })
    expect(body).toEqual({ status: 200, raw: 42, source: 'live', city: 'none' })
  })

  test.each([['..'], ['%2e%2e'], ['%252e%252e/admin'], ['a/../b'], ['.'], ['..\\x']])(
    'refuses %s as a path segment',
    async (city) => {
      const { body, requests } = await runRoute(
        `
in: { geo.city: query.city, user.segment: query.seg }
do: [ { invoke: reco.recommend } ]
response: { body: $.product.ids }`,
        { request: { query: { city, seg: 'new' } } },
      )
      expect([body, requests]).toEqual(['invalid-input', []])
    },
  )

  test('fails with missing-input when a backend did not give what the next call needs', async () => {
    const { body, outcome } = await runRoute(
      `
in: { geo.city: query.city, user.id: query.u }
do: [ { invoke: user.profile }, { invoke: reco.recommend } ]
response: { body: $.product.ids }`,
      { request: { query: { city: 'paris', u: 'u1' } }, mocks: { 'user.profile': {} } },
    )
    expect(body).toBe('missing-input')
    expect(outcome).toMatchObject({
      error: { step: 'recommend', status: 502, detail: expect.stringContaining('user.segment') },
    })
  })

  test('records a failure for who reads it', async () => {
    const { body } = await runRoute(
      `
do: [ { invoke: content.banners, optional: true } ]
response: { body: { how: $.steps.banners.source, why: $.steps.banners.error } }`,
      { mocks: { 'content.banners': new GatewayError('timeout') } },
    )
    expect(body).toEqual({ how: 'skipped', why: 'timeout' })
  })
})

describe('what comes in', () => {
  const text = `
in: { cart.sum: query.sum, user.segment: { from: query.seg, default: new }, product.ids?: query.ids, geo.city?: $.place.city }
response: { body: { sum: $.cart.sum, segment: $.user.segment, ids: $.product.ids, city: $.geo.city } }`

  test('is converted to the type of its color', async () => {
    const { body } = await runRoute(text, {
      request: { query: { sum: '12.5', ids: 'a' }, body: { place: { city: 'Oslo' } } },
    })
    expect(body).toEqual({ sum: 12.5, segment: 'new', ids: ['a'], city: 'Oslo' })
  })

  test('is refused with every fault at once', async () => {
    const { outcome } = await runRoute(text, { request: { query: { seg: 'king' }, body: { place: { city: 7 } } } })
    expect(outcome).toMatchObject({
      error: {
        code: 'invalid-input',
        status: 400,
        faults: [{ in: 'query.sum' }, { in: 'query.seg' }, { in: '$.place.city' }],
      },
    })
  })
})

describe('an assign', () => {
  test('writes in the order of the file, and an absent value leaves its color', async () => {
    const { body } = await runRoute(
      `
in: { cart.sum: query.sum }
do:
  - assign: { order.total: '\${ cart.sum * 2 }', geo.city: 'sum \${ order.total }' }
  - assign: { geo.city: $.request.query.nothing }
response: { body: [ $.order.total, $.geo.city ] }`,
      { request: { query: { sum: '3' } } },
    )
    expect(body).toEqual([6, 'sum 6'])
  })
})
