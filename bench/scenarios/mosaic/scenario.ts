import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Page, type Place, ratio, type Scenario } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
import { describeKrakendMosaic } from '../../peers/krakend/mosaic.ts'
import { krakendPeers } from '../../peers/krakend/variants.ts'
import { nginxPeer } from '../../peers/nginx/variant.ts'
import { nodePeer } from '../../peers/node.ts'
import { describeDemoBackends } from './bodies.ts'

const config = fileURLToPath(new URL('../../../config/gateway.yaml', import.meta.url))
const bodies = describeDemoBackends()
const services = Object.keys(bodies)

const page: Page = {
  path: '/mobile/home?city=hangzhou',
  headers: { 'x-request-id': 'bench-1' },
  answer: JSON.parse(readFileSync(new URL('page.json', import.meta.url), 'utf8')),
  mostConnections: 16,
}

/** The demo's services have names of their own in the environment. */
const demoUrls = ({ urls }: Place) =>
  Object.fromEntries(
    services.map((service) => {
      const name = `${service.toUpperCase()}_URL`
      return [name, urls[`BENCH_${name}`]!]
    }),
  )

const peers = [
  nodePeer({ file: 'mosaic/express-fetch.ts', name: 'express-fetch', title: 'Express + fetch', page }),
  nodePeer({ file: 'mosaic/fastify-undici.ts', name: 'fastify-undici', title: 'Fastify + undici', page }),
  nginxPeer({
    ...{ name: 'nginx-lua', title: 'nginx + Lua', page, handler: 'mosaic', calls: [] },
    services: {
      users: { 'X-Session-Token': '$http_x_session_token' },
      content: {},
      reco: { 'X-User-Id': '$user_id' },
      catalog: {},
      pricing: {},
      brands: {},
    },
  }),
  ...krakendPeers(describeKrakendMosaic(page, bodies)),
]
const aims: Readonly<Record<string, number>> = {
  'express-fetch': 0.25,
  'fastify-undici': 0.6,
  'nginx-lua': 0.7,
  krakend: 0.3,
  lura: 0.3,
}

/** The homepage of the demo as it lies in the repository: half of its bodies have to be parsed, for joins and slices. */
export const mosaic: Scenario = {
  name: 'mosaic',
  title: "The demo's homepage: a branch, eight calls, prices in slices, joins by id; 8.4 KB from 13 KB",
  bodies,
  variants: [tessera(config, page, { env: demoUrls }), ...peers],
  comparisons: peers.map(({ name, title }) =>
    ratio(`mosaic/${name}`, `Tessera / ${title}`, 'tessera', name, aims[name]),
  ),
  quick: { rounds: 2, variants: ['tessera', ...peers.map(({ name }) => name)] },
}
