import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DemoBackends } from '../../demo/backends.ts'
import { getJson, type Json, postJson, startFastDemo } from '../support/fast-demo.ts'

let demo: DemoBackends
let url: Record<string, string>

beforeAll(async () => {
  demo = await startFastDemo()
  url = Object.fromEntries(demo.services.map((service) => [service.name, service.url]))
})
afterAll(() => demo.stop())

describe('content', () => {
  test('gives banners and channels of a city', async () => {
    const { body } = await getJson(`${url.content}/banners?city=paris`)
    expect(body.data.banners).toHaveLength(4)
    expect(body.data.banners[0]).toMatchObject({ slot: 1, image: { width: 1125 }, link: { type: 'page' } })
    const channels = await getJson(`${url.content}/channels?city=paris`)
    expect(channels.body.data.channels).toHaveLength(10)
  })

  test('does not know a city that is not served', async () => {
    expect(await getJson(`${url.content}/banners?city=atlantis`)).toMatchObject({
      status: 404,
      body: { code: 'city_unknown' },
    })
  })
})

describe('catalog', () => {
  test('pages through all 400 products without losing or repeating one', async () => {
    const ids = new Set<string>()
    for (let page = 1; page <= 8; page += 1) {
      const { body } = await getJson(`${url.catalog}/products?page=${page}&size=50`)
      expect(body).toMatchObject({ page, size: 50, total: 400, pages: 8, has_more: page < 8 })
      for (const { id } of body.items) ids.add(id)
    }
    expect(ids.size).toBe(400)
  })

  test('gives an empty page after the last, and refuses a bad page', async () => {
    expect((await getJson(`${url.catalog}/products?page=9&size=50`)).body.items).toEqual([])
    for (const query of ['page=0', 'size=51', 'size=x', 'page=1.5'])
      expect((await getJson(`${url.catalog}/products?${query}`)).status).toBe(400)
  })

  test('finds products by a word of either language', async () => {
    const chinese = await getJson(`${url.catalog}/search?q=${encodeURIComponent('咖啡豆')}`)
    const english = await getJson(`${url.catalog}/search?q=specialty%20BEANS`)
    expect(chinese.body.total).toBe(5)
    expect(english.body.items).toEqual(chinese.body.items)
    expect((await getJson(`${url.catalog}/search?q=zeppelin`)).body).toMatchObject({ items: [], total: 0, pages: 0 })
  })

  test('sorts and narrows', async () => {
    const { body } = await getJson(`${url.catalog}/products?category=books&sort=rating&size=50`)
    expect(body.total).toBe(40)
    const scores = body.items.map((item: Json) => item.rating.score)
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
  })

  test('gives cards in the order of the ids, however these are joined, and skips unknown ones', async () => {
    const joined = await getJson(`${url.catalog}/cards?ids=p1003,nope,p1001`)
    const repeated = await getJson(`${url.catalog}/cards?ids=p1003&ids=p1001`)
    expect(joined.body.items.map((item: Json) => item.id)).toEqual(['p1003', 'p1001'])
    expect(repeated.body).toEqual(joined.body)
    expect((await getJson(`${url.catalog}/cards`)).body.items).toEqual([])
  })

  test('shows a product with its SKUs, attributes and reviews, also under /catalog', async () => {
    const { body } = await getJson(`${url.catalog}/products/p1042`)
    expect(body.skus).toHaveLength(6)
    expect(body.attributes[0].items[0]).toHaveProperty('value')
    const { stars, count } = body.review_summary
    expect(Object.values(stars as Record<string, number>).reduce((sum, one) => sum + one)).toBe(count)
    expect((await getJson(`${url.catalog}/catalog/products/p1042`)).body).toEqual(body)
    expect((await getJson(`${url.catalog}/products/p1042/reviews?size=3`)).body.items).toHaveLength(3)
    expect((await getJson(`${url.catalog}/products/p9999`)).status).toBe(404)
  })

  test('gives no prices', async () => {
    const card = JSON.stringify((await getJson(`${url.catalog}/cards?ids=p1001`)).body)
    expect(card).not.toContain('baseCents')
  })
})

describe('users', () => {
  test('tells a session apart from none and from one that has run out', async () => {
    const session = `${url.users}/session`
    expect((await getJson(session, { 'x-session-token': 'tok-mei' })).body).toMatchObject({
      segment: 'vip',
      user: { id: 'u1001' },
    })
    expect((await getJson(session)).body).toEqual({ segment: 'anonymous', user: null })
    expect(await getJson(session, { 'x-session-token': 'tok-expired' })).toMatchObject({
      status: 401,
      body: { code: 'session_expired' },
    })
  })

  test('knows addresses', async () => {
    expect((await getJson(`${url.users}/users/u1003/addresses/home`)).body.city.id).toBe('paris')
    expect((await getJson(`${url.users}/users/u1003/addresses/moon`)).status).toBe(404)
  })
})

describe('reco', () => {
  test('recommends by city and segment, each time the same', async () => {
    const vip = await getJson(`${url.reco}/recommend/paris?seg=vip`)
    const again = await getJson(`${url.reco}/recommend/paris?seg=vip`)
    const anonymous = await getJson(`${url.reco}/recommend/paris`)
    expect(vip.body.ids).toHaveLength(20)
    expect(new Set(vip.body.ids).size).toBe(20)
    expect(again.body).toEqual(vip.body)
    expect(anonymous.body.ids).not.toEqual(vip.body.ids)
    expect(vip.body.items.map((item: Json) => item.id)).toEqual(vip.body.ids)
  })

  test('finds similar products in the same category', async () => {
    const { body } = await getJson(`${url.reco}/similar/p1001?size=4`)
    expect(body.ids).toHaveLength(4)
    const cards = await getJson(`${url.catalog}/cards?ids=${body.ids}`)
    expect(cards.body.items.every((item: Json) => item.category.id === 'digital')).toBe(true)
  })
})

describe('pricing', () => {
  test('prices up to 50 products a call, by GET and by POST', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `p${1001 + index}`)
    const read = await getJson(`${url.pricing}/prices?${ids.map((id) => `ids=${id}`).join('&')}`)
    const posted = await postJson(`${url.pricing}/prices`, { ids })
    expect(read.body.prices).toHaveLength(50)
    expect(posted.body).toEqual(read.body)
    expect((await postJson(`${url.pricing}/prices`, { ids: [...ids, 'p1051'] })).body.code).toBe('too_many_ids')
    expect((await postJson(`${url.pricing}/prices`, { ids: 7 })).status).toBe(400)
  })

  test('shows a promotion only to its segments', async () => {
    const idsFor = async (segment: string) =>
      (await getJson(`${url.pricing}/promotions?city=paris&segment=${segment}`)).body.promotions.map(
        (one: Json) => one.id,
      )
    expect(await idsFor('vip')).toContain('promo-vip')
    expect(await idsFor('new')).not.toContain('promo-vip')
  })

  test('quotes an order and places it once for one idempotency key', async () => {
    const quote = await postJson(`${url.pricing}/quotes`, { lines: [{ id: 'p1002', count: 2 }], segment: 'new' })
    expect(quote.body).toMatchObject({ subtotal_cents: 75000, total_cents: 75000 })
    const order = { quote: quote.body.id, user: 'u1003', payment: 'pay-1' }
    const first = await postJson(`${url.pricing}/orders`, order, { 'idempotency-key': 'k1' })
    const second = await postJson(`${url.pricing}/orders`, order, { 'idempotency-key': 'k1' })
    expect(first.status).toBe(201)
    expect(second).toEqual({ status: 200, body: first.body })
    expect((await postJson(`${url.pricing}/orders`, { ...order, payment: 'pay-declined' })).status).toBe(402)
  })

  test('refuses a quote for what it does not have, and a coupon that does not apply', async () => {
    const lines = [{ id: 'p1002', count: 1 }]
    expect((await postJson(`${url.pricing}/quotes`, { lines: [{ id: 'p1', count: 1 }] })).status).toBe(409)
    expect((await postJson(`${url.pricing}/quotes`, { lines, coupon: 'VIP' })).status).toBe(422)
    expect((await postJson(`${url.pricing}/quotes`, { lines: [] })).status).toBe(400)
  })
})

describe('brands', () => {
  test('gives featured brands with the number of stores in the city, and these stores', async () => {
    const { body } = await getJson(`${url.brands}/brands/featured?city=paris&size=3`)
    expect(body.brands).toHaveLength(3)
    const [brand] = body.brands
    const { body: found } = await getJson(`${url.brands}/brands/${brand.id}/stores?city=paris`)
    expect(found.stores).toHaveLength(brand.stores_nearby)
    expect(found.stores[0].geo.lat).toBeCloseTo(48.8566, 0)
  })

  test('pages through the stores of a city', async () => {
    const { body } = await getJson(`${url.brands}/stores?city=paris&size=10`)
    expect(body.items).toHaveLength(10)
    expect(body.total).toBeGreaterThan(40)
  })
})

test('every service answers an unknown path, bad JSON and a bad escape with a client error', async () => {
  for (const { url } of demo.services) {
    expect((await getJson(`${url}/nowhere`)).status).toBe(404)
  }
  const bad = await fetch(`${url.pricing}/prices`, { method: 'POST', body: '{' })
  expect(bad.status).toBe(400)
  expect((await getJson(`${url.catalog}/products/%E0%A4%A`)).status).toBe(400)
})
