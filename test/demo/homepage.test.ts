import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { DemoBackend, DemoBackends } from '../../demo/backends.ts'
import { readConfig } from '../../src/config/read.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { createGateway, type Gateway } from '../../src/server/gateway.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { getJson, type Json, postJson, startFastDemo } from '../support/fast-demo.ts'

const config = 'config/gateway.yaml'

let demo: DemoBackends
let gateway: Gateway
let url: string

beforeAll(async () => {
  demo = await startFastDemo()
  const logger = createLogger({ level: 'silent' })
  gateway = await createGateway({ config, port: 0, adminPort: false, env: demo.env, watch: false, logger })
  url = `http://127.0.0.1:${(await gateway.listen()).port}`
})
afterAll(async () => {
  await gateway?.close()
  await demo?.stop()
})

test('the configuration has no fault, no warning and no hint', async () => {
  const { texts } = await readConfig({ config, env: {} })
  expect(buildSnapshot(texts).diagnostics).toEqual([])
})

describe('the homepage', () => {
  test('puts some sixty fields of six backends into about 8 KB', async () => {
    const text = await getWhole('/mobile/home?city=paris', { 'x-session-token': 'tok-mei' })
    expect(Buffer.byteLength(text)).toBeGreaterThan(7_500)
    expect(Buffer.byteLength(text)).toBeLessThan(9_500)
    expect(fieldsOf(JSON.parse(text)).size).toBeGreaterThan(55)
    expect(JSON.parse(text).user).toEqual({ signedIn: true, segment: 'vip', name: '林美' })
  })

  test('gives every product its price and its reason', async () => {
    const body = JSON.parse(await getWhole('/mobile/home'))
    expect(body.products).toHaveLength(10)
    for (const product of body.products) {
      expect(product).toMatchObject({ price: expect.stringMatching(/^¥/), reason: expect.any(String) })
    }
    expect(body.user).toMatchObject({ signedIn: false, segment: 'anonymous' })
  })

  test('asks pricing in slices', async () => {
    const pricing = find('pricing')
    let before = 0
    await getWhole('/mobile/home', {}, async () => {
      before = await countRequests(pricing)
    })
    expect((await countRequests(pricing)) - before).toBe(3) // two slices and the promotions
  })

  test('asks to sign in again when the session has expired', async () => {
    const { status, body } = await getJson(`${url}/mobile/home`, { 'x-session-token': 'tok-expired' })
    expect(status).toBe(401)
    expect(body).toMatchObject({ code: 'session-expired', title: 'Please sign in again' })
  })

  const modes = [
    { mode: 'delay', ms: 3000 },
    { mode: 'status', status: 500 },
    { mode: 'status', status: 404 },
    { mode: 'reset' },
    { mode: 'refuse' },
    { mode: 'garbage' },
    { mode: 'half' },
    { mode: 'empty' },
    { mode: 'huge' },
    { mode: 'hang' },
  ]
  /** The calls of the page that go to each backend. */
  const calls: Record<string, string[]> = {
    content: ['banners', 'channels'],
    catalog: ['cards'],
    users: ['session'],
    reco: ['recommend'],
    pricing: ['prices', 'promotions'],
    brands: ['featured'],
  }
  const troubles = Object.keys(calls).flatMap((name) =>
    modes.map((trouble) => ({ name, trouble, what: `${trouble.mode} ${trouble.ms ?? trouble.status ?? ''}`.trim() })),
  )

  test.each(troubles)('survives $name with $what', async ({ name, trouble }) => {
    const backend = find(name)
    await backend.ask(trouble)
    try {
      const response = await fetch(`${url}/mobile/home`, { headers: { 'x-session-token': 'tok-mei' } })
      const body = (await response.json()) as Json
      expect(response.status).toBe(200)
      expect(body.city).toBe('shanghai')
      const degraded = response.headers.get('tessera-degraded') ?? ''
      expect(degraded.match(/[a-z]+(?=;source)/g)).toEqual(expect.arrayContaining(calls[name]!))
      expect(response.headers.get('cache-control')).toBe('no-store')
    } finally {
      await backend.ask({ mode: 'none' })
    }
  })
})

describe('the other routes', () => {
  test('a product page knows the product, its price, stores and reviews', async () => {
    const body = JSON.parse(await getWhole('/mobile/products/p1042?city=paris'))
    expect(body).toMatchObject({ id: 'p1042', price: { currency: 'CNY' }, brand: { id: 'songjian' } })
    expect(body.price).not.toHaveProperty('id')
    expect([body.gallery.length, body.similar.length, body.reviews.newest.length]).toEqual([4, 6, 3])
    expect(body.stores[0].hours).toMatch(/^\d\d:\d\d–\d\d:\d\d$/)
    expect(await getJson(`${url}/mobile/products/p9999`)).toMatchObject({
      status: 404,
      body: { code: 'product-missing' },
    })
  })

  test('search passes paging through and names every fault of a bad request', async () => {
    const { body } = await getJson(`${url}/mobile/search?q=coffee&page=2&size=3`)
    expect(body.page).toEqual({ number: 2, size: 3, total: 40, pages: 14, hasMore: true })
    expect(body.items).toHaveLength(3)
    expect((await getJson(`${url}/mobile/search?q=zeppelin`)).body.items).toEqual([])
    const bad = await getJson(`${url}/mobile/search?size=500&page=0`)
    expect(bad.body.errors.map((fault: Json) => fault.in)).toEqual(['query.q', 'query.page', 'query.size'])
  })

  test('discover prices the shelf although its steps stand in the wrong order', async () => {
    const body = JSON.parse(await getWhole('/mobile/discover?city=chengdu&seg=new'))
    expect(body.shelf).toHaveLength(10)
    for (const product of body.shelf)
      expect(product).toMatchObject({ price: { currency: 'CNY' }, pick: { score: expect.any(Number) } })
  })

  test('the catalog is passed through', async () => {
    const direct = await getJson(`${find('catalog').url}/products?category=books&size=2`)
    expect(await getJson(`${url}/catalog/products?category=books&size=2`)).toEqual(direct)
  })

  const order = { lines: [{ id: 'p1002', count: 2 }], payment: { token: 'pay-1' } }
  const send = (body: object, token?: string) =>
    postJson(`${url}/mobile/orders`, body, {
      'content-type': 'application/json',
      'idempotency-key': 'k-20261121',
      ...(token && { 'x-session-token': token }),
    })

  test('an order is placed once for one key', async () => {
    const first = await send(order, 'tok-mei')
    expect(first).toMatchObject({ status: 201, body: { order: { status: 'paid' }, total: { text: '¥712.50' } } })
    expect((await send(order, 'tok-mei')).body.order).toEqual(first.body.order)
  })

  test.each([
    ['without a session', order, undefined, 401, 'signed-out'],
    ['with an expired session', order, 'tok-expired', 401, 'session-expired'],
    ['for what is sold out', { ...order, lines: [{ id: 'p99999', count: 1 }] }, 'tok-mei', 409, 'sold-out'],
    ['with a coupon of others', { ...order, coupon: 'FIRST' }, 'tok-mei', 422, 'coupon-invalid'],
    ['to nowhere', { ...order, address: 'moon' }, 'tok-mei', 422, 'address-missing'],
    ['that the bank declines', { ...order, payment: { token: 'pay-declined' } }, 'tok-jun', 402, 'payment-declined'],
    ['that is too large', { ...order, lines: [{ id: 'p1001', count: 99 }] }, 'tok-anna', 422, 'order-too-large'],
    ['with nothing in it', { lines: [], payment: { token: 'pay-1' } }, 'tok-mei', 400, 'invalid-input'],
  ] as const)('an order %s is refused', async (_, body, token, status, code) => {
    expect(await send(body, token)).toMatchObject({ status, body: { code } })
  })
})

function find(name: string): DemoBackend {
  return demo.services.find((service) => service.name === name)!
}

async function countRequests(backend: DemoBackend): Promise<number> {
  return ((await backend.ask()) as { requests: number }).requests
}

/**
 * The body of an answer in which no part is missing. The routes allow their calls some 150 ms each, which a busy
 * machine may not keep, so a degraded answer is asked for again.
 */
async function getWhole(path: string, headers: Record<string, string> = {}, before = async () => {}): Promise<string> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    await before()
    const response = await fetch(url + path, { headers })
    const text = await response.text()
    if (response.status === 200 && !response.headers.has('tessera-degraded')) return text
  }
  throw new Error(`${path} stays degraded`)
}

/** The different fields of a body, by their path; all elements of a list are one. */
function fieldsOf(value: unknown, path = '$', fields = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const element of value) fieldsOf(element, `${path}[]`, fields)
  else if (typeof value === 'object' && value !== null)
    for (const [name, member] of Object.entries(value)) fieldsOf(member, `${path}.${name}`, fields)
  else fields.add(path)
  return fields
}
