/** The way most teams write the page by hand: Express and fetch. No timeout, retry, breaker, fallback, log or trace. */
import express from 'express'
import {
  type BrandsBody,
  type ContentBody,
  mapHome,
  type ProfileBody,
  type PromotionsBody,
  type RecommendBody,
} from './map-home.ts'
import { origins, port } from './origins.ts'

const app = express()

app.get('/mobile/home', async (request, response) => {
  const { city = 'shanghai' } = request.query as { city?: string }
  const userId = request.get('x-user-id')
  const headers = userId === undefined ? {} : { 'x-user-id': userId }
  const query = new URLSearchParams({ city })
  const [profile, home, recommended, promotions, featured] = await Promise.all([
    get<ProfileBody>(`${origins.users}/profile`, headers),
    get<ContentBody>(`${origins.content}/home?${query}`),
    get<RecommendBody>(`${origins.reco}/recommend?${query}`, headers),
    get<PromotionsBody>(`${origins.pricing}/promotions?${query}`),
    get<BrandsBody>(`${origins.brands}/featured?${query}`),
  ])
  response.json(mapHome(city, profile, home, recommended, promotions, featured))
})

async function get<Body>(url: string, headers: Record<string, string> = {}): Promise<Body> {
  const response = await fetch(url, { headers })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return (await response.json()) as Body
}

app.listen(port, '127.0.0.1')
