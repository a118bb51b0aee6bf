import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { runRoute } from '../support/engine.ts'

const reco = { items: [{ id: 'p1' }, { id: 'p2' }] }

describe('a sequence', () => {
  test('hands the colors of one call to the next', async () => {
    const { body, requests } = await runRoute(
      `
in: { geo.city: query.city, user.id: header.x-user-id }
do:
  - invoke: user.profile
  - invoke: reco.recommend
response: { body: { ids: $.product.ids } }`,
      {
        request: { query: { city: 'São Paulo' }, headers: { 'x-user-id': 'u/1' } },
        mocks: { 'user.profile': { segment: 'vip' }, 'reco.recommend': reco },
      },
    )
    expect(body).toEqual({ ids: ['p1', 'p2'] })
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /users/u%2F1',
      'GET /recommend/S%C3%A3o%20Paulo?seg=vip',
    ])
    expect(requests[1]!.headers).toEqual({ 'x-user-id': 'u/1' })
  })

  test('skips a step whose condition does not hold, and its outputs stay absent', async () => {
    const { body, requests, stepOutcomes } = await runRoute(
      `
in: { geo.city: query.city }
do:
  - { id: banners, when: geo.city == 'paris', invoke: content.banners }
response: { body: { banners: $.banner.list, all: [ $.banner.list ] } }`,
      { request: { query: { city: 'rome' } } },
    )
    expect(requests).toEqual([])
    expect(body).toEqual({ all: [null] })
    expect(stepOutcomes['banners']).toBe('skipped')
  })
})

describe('a parallel', () => {
  test('starts all its steps before any has answered, and the answer has the order of the file', async () => {
    const order: string[] = []
    const answer = (name: string, ms: number, body: unknown) => async () => {
      order.push(`${name} starts`)
      await new Promise((resolve) => setTimeout(resolve, ms))
      order.push(`${name} ends`)
      return body
    }
    const { outcome } = await runRoute(
      `
in: { geo.city: query.city, user.segment: query.seg }
do:
  - parallel: [ { invoke: reco.recommend }, { invoke: content.banners } ]
response: { body: { products: $.product.ids, banners: $.banner.list } }`,
      {
        request: { query: { city: 'paris', seg: 'new' } },
        mocks: {
          'reco.recommend': answer('reco', 20, reco),
          'content.banners': answer('banners', 1, { banners: [1] }),
        },
      },
    )
    expect(order).toEqual(['reco starts', 'banners starts', 'banners ends', 'reco ends'])
    expect(outcome).toMatchObject({ kind: 'answer', body: '{"products":["p1","p2"],"banners":[1]}' })
  })

  test('cancels the others when one fails and nothing handles it', async () => {
    let reason: string | undefined
    const { body, status } = await runRoute(
      `
in: { geo.city: query.city, user.segment: query.seg }
do:
  - parallel: [ { invoke: reco.recommend }, { invoke: content.banners } ]
response: { body: $.product.ids }`,
      {
        request: { query: { city: 'paris', seg: 'new' } },
        mocks: {
          'reco.recommend': (
            _: unknown,
            { scope }: { scope: { onCancel(listener: (error: GatewayError) => void): void } },
          ) =>
            new Promise((_resolve, reject) =>
              scope.onCancel((error) => {
                reason = error.code
                reject(error)
              }),
            ),
          'content.banners': new GatewayError('timeout'),
        },
      },
    )
    expect([body, status, reason]).toEqual(['timeout', 504, 'cancelled'])
  })

  test('goes on without an optional step that failed, and says so', async () => {
    const { outcome } = await runRoute(
      `
do:
  - parallel: [ { invoke: content.banners, optional: true }, { assign: { cart.sum: 1 } } ]
response: { body: { banners: $.banner.list, sum: $.cart.sum }, headers: { cache-control: 'max-age=60' } }`,
      { mocks: { 'content.banners': new GatewayError('circuit-open') } },
    )
    expect(outcome).toMatchObject({
      body: '{"sum":1}',
      headers: { 'tessera-degraded': 'banners;source=skipped;error=circuit-open', 'cache-control': 'no-store' },
    })
  })
})
