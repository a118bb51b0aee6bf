/**
 * What many teams end up with: Express, fetch, a timeout by AbortSignal for each call, an opossum breaker for each
 * backend with a fallback, and automatic tracing (tracing.ts). No retry, log or metrics.
 */
import express from 'express'
import opossum from 'opossum'
import {
  type BrandsBody,
  type ContentBody,
  mapHome,
  type ProfileBody,
  type PromotionsBody,
  type RecommendBody,
} from '../map-home.ts'
import { origins, port } from '../origins.ts'

type Get<Body> = (path: string, headers?: Record<string, string>) => Promise<Body>

/** Opossum as it is used most: with its own timer and statistics. (The gateway's declaration of it tells of another use.) */
const CircuitBreaker = opossum as unknown as new <Body>(
  get: Get<Body>,
  options: Record<string, number | boolean>,
) => { fallback(give: () => Body): void; fire: Get<Body> }

const timeoutMs = 300
const guest: ProfileBody['data']['user'] = {
  ...{ id: '', name: { zh: '访客', en: 'Guest' }, avatar: { url: '' }, level: { name: '' } },
  ...{ points: { balance: 0 }, coupons: { usable: 0 }, inbox: { unread: 0 } },
  ...{ segment: 'anonymous', address: { district: '' } },
}

const getProfile = guard<ProfileBody>(origins.users, { data: { user: guest } })
const getContent = guard<ContentBody>(origins.content, { data: { banners: [], channels: [] } })
const getRecommended = guard<RecommendBody>(origins.reco, { items: [] })
const getPromotions = guard<PromotionsBody>(origins.pricing, { promotions: [] })
const getBrands = guard<BrandsBody>(origins.brands, { brands: [] })

const app = express()

app.get('/mobile/home', async (request, response) => {
  const { city = 'shanghai' } = request.query as { city?: string }
  const userId = request.get('x-user-id')
  const headers = userId === undefined ? {} : { 'x-user-id': userId }
  const query = new URLSearchParams({ city })
  const [profile, home, recommended, promotions, featured] = await Promise.all([
    getProfile('/profile', headers),
    getContent(`/home?${query}`),
    getRecommended(`/recommend?${query}`, headers),
    getPromotions(`/promotions?${query}`),
    getBrands(`/featured?${query}`),
  ])
  response.json(mapHome(city, profile, home, recommended, promotions, featured))
})

/** Calls of one backend behind a breaker with the gateway's figures. */
function guard<Body>(origin: string, fallback: Body): Get<Body> {
  const get: Get<Body> = async (path, headers = {}) => {
    const response = await fetch(`${origin}${path}`, { headers, signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) throw new Error(`${path} answered ${response.status}`)
    return (await response.json()) as Body
  }
  const breaker = new CircuitBreaker(get, {
    timeout: false,
    errorThresholdPercentage: 50,
    volumeThreshold: 20,
    rollingCountTimeout: 10_000,
    resetTimeout: 5_000,
  })
  breaker.fallback(() => fallback)
  return (path, headers) => breaker.fire(path, headers)
}

app.listen(port, '127.0.0.1')
