/**
 * The careful way to write the page by hand: Fastify, one undici pool a backend, all calls at once. No timeout of its
 * own, no retry, breaker, log or trace, and a fallback only where the scenario is about it: less work than the gateway
 * does.
 */
import Fastify from 'fastify'
import { Pool } from 'undici'
import {
  type BrandsBody,
  type ContentBody,
  mapHome,
  type ProfileBody,
  type PromotionsBody,
  type RecommendBody,
} from './map-home.ts'
import { origins, port } from './origins.ts'

interface HomeRequest {
  Querystring: { city?: string }
  Headers: { 'x-user-id'?: string }
}

const users = new Pool(origins.users)
const content = new Pool(origins.content)
const reco = new Pool(origins.reco)
const pricing = new Pool(origins.pricing)
const brands = new Pool(origins.brands)

const noBrands: BrandsBody = { brands: [] }
const getBrands =
  process.env['BENCH_FALLBACK'] === '1'
    ? (path: string) => get<BrandsBody>(brands, path).catch(() => noBrands)
    : (path: string) => get<BrandsBody>(brands, path)

const app = Fastify()

app.get<HomeRequest>('/mobile/home', async (request) => {
  const { city = 'shanghai' } = request.query
  const userId = request.headers['x-user-id']
  const headers = userId === undefined ? {} : { 'x-user-id': userId }
  const query = `city=${encodeURIComponent(city)}`
  const [profile, home, recommended, promotions, featured] = await Promise.all([
    get<ProfileBody>(users, '/profile', headers),
    get<ContentBody>(content, `/home?${query}`),
    get<RecommendBody>(reco, `/recommend?${query}`, headers),
    get<PromotionsBody>(pricing, `/promotions?${query}`),
    getBrands(`/featured?${query}`),
  ])
  return mapHome(city, profile, home, recommended, promotions, featured)
})

async function get<Body>(pool: Pool, path: string, headers?: Record<string, string>): Promise<Body> {
  const { statusCode, body } = await pool.request({ method: 'GET', path, headers: headers ?? null })
  if (statusCode !== 200) {
    await body.dump()
    throw new Error(`${path} answered ${statusCode}`)
  }
  return (await body.json()) as Body
}

await app.listen({ host: '127.0.0.1', port })
