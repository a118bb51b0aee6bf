/** Calls that need each other's answers written by hand, as in fastify-undici.ts. */
import Fastify from 'fastify'
import { Pool } from 'undici'
import type { BrandsBody, ContentBody, Product, ProfileBody, RecommendBody } from './map-home.ts'
import { origins, port } from './origins.ts'

interface ShopRequest {
  Querystring: { city?: string }
  Headers: { 'x-user-id'?: string }
}

interface Price {
  readonly id: string
  readonly display: string
  readonly left: number
}

const users = new Pool(origins.users)
const content = new Pool(origins.content)
const reco = new Pool(origins.reco)
const pricing = new Pool(origins.pricing)
const brands = new Pool(origins.brands)
const batchSize = 10

const app = Fastify()

app.get<ShopRequest>('/shop/sequence', async ({ query, headers }) => {
  const { user, products } = await recommend(readCity(query), headers['x-user-id'])
  return { user, products }
})

app.get<ShopRequest>('/shop/flow', async ({ query, headers }) => {
  const city = readCity(query)
  const [{ user, products }, home, featured] = await Promise.all([
    recommend(city, headers['x-user-id']),
    get<ContentBody>(content, `/home?city=${city}`),
    get<BrandsBody>(brands, `/featured?city=${city}`),
  ])
  return {
    user,
    channels: home.data.channels.map(({ id, name, icon }) => ({ id, name: name.zh, icon })),
    products,
    brands: featured.brands.map(({ id, name, logo }) => ({ id, name: name.zh, logo })),
  }
})

app.get<ShopRequest>('/shop/batches', async ({ query }) => {
  const { ids } = await get<{ ids: string[] }>(reco, `/candidates?city=${readCity(query)}`)
  const batches: string[][] = []
  for (let from = 0; from < ids.length; from += batchSize) batches.push(ids.slice(from, from + batchSize))
  const prices = (await Promise.all(batches.map(getPrices))).flat()
  return { ids, prices: prices.map(({ id, display, left }) => ({ id, price: display, left })) }
})

async function recommend(city: string, userId: string | undefined) {
  const profile = await get<ProfileBody>(users, '/profile', userId === undefined ? {} : { 'x-user-id': userId })
  const { segment, name } = profile.data.user
  const { items } = await get<RecommendBody>(reco, `/recommend?segment=${encodeURIComponent(segment)}&city=${city}`)
  const prices = await getPrices(items.map(({ id }) => id))
  const offers = new Map(prices.map((price) => [price.id, price]))
  return { user: name.zh, products: items.map((item) => showProduct(item, offers.get(item.id))) }
}

function showProduct({ id, title, cover }: Product, offer: Price | undefined) {
  return { id, title: title.zh, image: cover, price: offer?.display, left: offer?.left }
}

async function getPrices(ids: readonly string[]): Promise<Price[]> {
  const list = ids.map(encodeURIComponent).join(',')
  return (await get<{ prices: Price[] }>(pricing, `/prices?ids=${list}`)).prices
}

function readCity({ city = 'shanghai' }: ShopRequest['Querystring']): string {
  return encodeURIComponent(city)
}

async function get<Body>(pool: Pool, path: string, headers?: Record<string, string>): Promise<Body> {
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers: headers ?? null })
  if (statusCode !== 200) {
    await body.dump()
    throw new Error(`${path} answered ${statusCode}`)
  }
  return (await body.json()) as Body
}

await app.listen({ host: '127.0.0.1', port })
