/**
 * What a page costs at least on Node with our transport: `node:http`, five calls, `JSON.parse`, the mapping by hand and
 * `JSON.stringify`. No routes, policies, log, metrics or traces, so what the gateway costs above it is what those cost.
 */
import { createServer } from 'node:http'
import { Scope } from '../../src/cancellation.ts'
import { http1 } from '../../src/transports/http1.ts'
import { type Channel, defaultChannelOptions } from '../../src/transports/transport.ts'
import {
  type BrandsBody,
  type ContentBody,
  mapHome,
  type ProfileBody,
  type PromotionsBody,
  type RecommendBody,
} from './map-home.ts'
import { origins, port } from './origins.ts'

const users = open(origins.users)
const content = open(origins.content)
const reco = open(origins.reco)
const pricing = open(origins.pricing)
const brands = open(origins.brands)
const scope = new Scope()

const server = createServer(async (request, response) => {
  const city = /[?&]city=([^&]*)/.exec(request.url!)?.[1] ?? 'shanghai'
  const userId = request.headers['x-user-id'] as string | undefined
  const headers = userId === undefined ? [] : ['x-user-id', userId]
  const [profile, home, recommended, promotions, featured] = await Promise.all([
    get<ProfileBody>(users, '/profile', headers),
    get<ContentBody>(content, `/home?city=${city}`, []),
    get<RecommendBody>(reco, `/recommend?city=${city}`, headers),
    get<PromotionsBody>(pricing, `/promotions?city=${city}`, []),
    get<BrandsBody>(brands, `/featured?city=${city}`, []),
  ])
  const page = mapHome(decodeURIComponent(city), profile, home, recommended, promotions, featured)
  const text = JSON.stringify(page)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
})

function open(origin: string): Channel {
  const url = new URL(origin)
  return http1.open(url, url.hostname, defaultChannelOptions)
}

async function get<Body>(channel: Channel, path: string, headers: string[]): Promise<Body> {
  const request = { method: 'GET', path, headers, body: undefined, timeLeftMs: 300, maxResponseBytes: 8 * 1024 * 1024 }
  const { status, body } = await channel.send(request, scope)
  if (status !== 200) throw new Error(`${path} answered ${status}`)
  return JSON.parse(body.toString()) as Body
}

server.keepAliveTimeout = 0
server.listen(port, '127.0.0.1')
