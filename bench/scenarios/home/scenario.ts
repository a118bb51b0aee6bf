import { ratio, type Scenario } from '../../harness/scenario.ts'
import { tessera } from '../../harness/tessera.ts'
import { describeKrakendHome } from '../../peers/krakend/home.ts'
import { krakendPeers } from '../../peers/krakend/variants.ts'
import type { LuaCall } from '../../peers/nginx/config.ts'
import { nginxPeer } from '../../peers/nginx/variant.ts'
import { nodePeer } from '../../peers/node.ts'
import { describeBackends } from './data.ts'
import { homeConfig, homePage } from './page.ts'

/** The page's five calls, for servers that are told them one by one. */
export const homeCalls: readonly LuaCall[] = [
  { name: 'user', service: 'users', path: '/profile', knowsUser: true },
  { name: 'content', service: 'content', path: '/home' },
  { name: 'reco', service: 'reco', path: '/recommend', knowsUser: true },
  { name: 'pricing', service: 'pricing', path: '/promotions' },
  { name: 'brands', service: 'brands', path: '/featured' },
]

const page = homePage
const peers = [
  nodePeer({ file: 'express-fetch.ts', name: 'express-fetch', title: 'Express + fetch', page }),
  nodePeer({ file: 'fastify-undici.ts', name: 'fastify-undici', title: 'Fastify + undici', page }),
  nginxPeer({ name: 'nginx-lua', title: 'nginx + Lua', page, handler: 'home', calls: homeCalls }),
  ...krakendPeers(describeKrakendHome()),
  nodePeer({ file: 'node-bare.ts', name: 'node-bare', title: 'Node, our transport, no policies', page }),
]
const aims: Readonly<Record<string, number>> = {
  'express-fetch': 0.25,
  'fastify-undici': 0.6,
  'nginx-lua': 0.7,
  krakend: 0.7,
  lura: 0.7,
}

export const home: Scenario = {
  name: 'home',
  title: 'Five calls at once, 61 fields mapped into one answer of 8.5 KB, every policy declared, tracing at 1 %',
  bodies: describeBackends(),
  variants: [tessera(homeConfig, page), ...peers],
  comparisons: peers.map(({ name, title }) => ratio(name, `Tessera / ${title}`, 'tessera', name, aims[name])),
  quick: { rounds: 3, variants: ['tessera', ...peers.map(({ name }) => name)] },
}
