import { describe, expect, test } from '@jest/globals'
import { GatewayError } from '../../src/errors.ts'
import { runRoute } from '../support/engine.ts'
import { world } from '../support/project.ts'

const later = <Value>(value: Value, ms = 3) => new Promise<Value>((resolve) => setTimeout(() => resolve(value), ms))

describe('a flow', () => {
  test('starts each step when what it reads is there, whatever the order of the file', async () => {
    const order: string[] = []
    const mock = (name: string, body: unknown) => async () => {
      order.push(name)
      return later(body)
    }
    const { body } = await runRoute(
      `
in: { geo.city: query.city, user.id: query.u }
do:
  - flow:
      - invoke: content.prices
      - invoke: reco.recommend
      - invoke: user.profile
      - invoke: content.banners
response: { body: { prices: $.price.list, banners: $.banner.list } }`,
      {
        request: { query: { city: 'paris', u: 'u1' } },
        mocks: {
          'content.prices': mock('prices', { prices: [{ id: 'p1', price: 5 }] }),
          'reco.recommend': mock('recommend', { items: [{ id: 'p1' }] }),
          'user.profile': mock('profile', { segment: 'new' }),
          'content.banners': mock('banners', { banners: [] }),
        },
      },
    )
    expect(order).toEqual(['profile', 'banners', 'recommend', 'prices'])
    expect(body).toEqual({ prices: [{ id: 'p1', price: 5 }], banners: [] })
  })

  test('fails as a whole, and starts nothing more', async () => {
    const { body, requests } = await runRoute(
      `
in: { geo.city: query.city, user.id: query.u }
do: [ { flow: [ { invoke: reco.recommend }, { invoke: user.profile } ] } ]
response: { body: $.product.ids }`,
      { request: { query: { city: 'paris', u: 'u1' } }, mocks: { 'user.profile': new GatewayError('timeout') } },
    )
    expect(body).toBe('timeout')
    expect(requests.map(({ operation }) => operation)).toEqual(['user.profile'])
  })
})

describe('a forEach', () => {
  const ids = Array.from({ length: 7 }, (_, index) => `p${index}`)
  const reco = { items: ids.map((id) => ({ id })) }
  const start = `
in: { geo.city: query.city, user.segment: query.seg }
do:
  - invoke: reco.recommend`
  const request = { query: { city: 'paris', seg: 'new' } }

  test('runs for slices, no more at once than it may, and gathers in order', async () => {
    let running = 0
    let most = 0
    const { body, requests } = await runRoute(
      `${start}
  - forEach: { in: $.product.ids, as: product.ids, batch: 2, concurrency: 2 }
    do: [ { invoke: content.prices } ]
    collect: { product.prices: $.price.list }
response: { body: { prices: $.product.prices, ids: $.product.ids } }`,
      {
        request,
        mocks: {
          'reco.recommend': reco,
          'content.prices': async ({ path }: { path: string }) => {
            running += 1
            most = Math.max(most, running)
            const wanted = [...path.matchAll(/ids=(\w+)/g)].map((match) => match[1])
            await later(undefined, wanted.includes('p0') ? 15 : 2)
            running -= 1
            return { prices: wanted.map((id) => ({ id, price: 1 })) }
          },
        },
      },
    )
    expect(requests.filter(({ operation }) => operation === 'content.prices').map(({ path }) => path)).toEqual([
      '/prices?ids=p0&ids=p1',
      '/prices?ids=p2&ids=p3',
      '/prices?ids=p4&ids=p5',
      '/prices?ids=p6',
    ])
    expect(most).toBe(2)
    expect(body).toEqual({ prices: ids.map((id) => ({ id, price: 1 })), ids })
  })

  test('runs for elements with item and index; what is written inside stays inside', async () => {
    const { body } = await runRoute(
      `${start}
  - forEach: { in: $.product.list }
    do: [ { when: index % 2 == 0, assign: { order.total: '\${ index * 10 }' } } ]
    collect: { product.prices: { id: $.item.id, total: $.order.total } }
response: { body: $.product.prices }`,
      { request, mocks: { 'reco.recommend': { items: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] } } },
    )
    expect(body).toEqual([{ id: 'a', total: 0 }, { id: 'b' }, { id: 'c', total: 20 }])
  })

  test('over nothing gathers nothing', async () => {
    const { body } = await runRoute(
      `${start}
  - forEach: { in: $.product.ids, as: product.ids, batch: 2 }
    do: [ { invoke: content.prices } ]
    collect: { product.prices: $.price.list }
response: { body: { prices: $.product.prices } }`,
      { request, mocks: { 'reco.recommend': { items: [] } } },
    )
    expect(body).toEqual({ prices: [] })
  })

  test('leaves out a slice whose optional call failed, and says so once', async () => {
    const { body, outcome } = await runRoute(
      `${start}
  - forEach: { in: $.product.ids, as: product.ids, batch: 3 }
    do: [ { invoke: content.prices, optional: true } ]
    collect: { product.prices: $.price.list }
response: { body: $.product.prices }`,
      {
        request,
        mocks: {
          'reco.recommend': reco,
          'content.prices': ({ path }: { path: string }) =>
            path.includes('p6') ? { prices: [{ id: 'p6' }] } : new GatewayError('timeout'),
        },
      },
    )
    expect(body).toEqual([{ id: 'p6' }])
    expect(outcome).toMatchObject({ headers: { 'tessera-degraded': 'prices;source=skipped;error=timeout' } })
  })

  test('fails with the first failure inside it', async () => {
    const { body } = await runRoute(
      `${start}
  - forEach: { in: $.product.ids, as: product.ids, batch: 3, concurrency: 1 }
    do: [ { invoke: content.prices } ]
    collect: { product.prices: $.price.list }
response: { body: $.product.prices }`,
      { request, mocks: { 'reco.recommend': reco, 'content.prices': new GatewayError('unavailable') } },
    )
    expect(body).toBe('unavailable')
  })

  test('can stand in another', async () => {
    const { body } = await runRoute(
      `
do:
  - forEach: { in: [[1, 2], [3]] }
    do:
      - forEach: { in: $.item }
        do: [ { assign: { cart.sum: $.item } } ]
        collect: { nested.inner: '\${ cart.sum * 2 }' }
    collect: { nested.outer: $.nested.inner }
response: { body: $.nested.outer }`,
      {
        files: { dictionary: `${world.dictionary}  nested.inner: { type: array }\n  nested.outer: { type: array }\n` },
      },
    )
    expect(body).toEqual([[2, 4], [6]])
  })
})
