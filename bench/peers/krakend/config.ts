import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page, Place } from '../../harness/scenario.ts'
import { describeBackends } from '../../scenarios/home/data.ts'
import { homePage } from '../../scenarios/home/page.ts'

/** What KrakenD keeps of the user: paths into the body, each kept where it was. */
const userFields = [
  ['id'],
  ['name', 'zh'],
  ['avatar', 'url'],
  ['level', 'name'],
  ['points', 'balance'],
  ['coupons', 'usable'],
  ['inbox', 'unread'],
  ['segment'],
  ['address', 'district'],
]

/** The five calls at once. Lists are passed on as they are: their items cannot be mapped by `allow` and `mapping`. */
export function writeConfig({ port, directory, urls }: Place): string {
  const backend = (service: string, url_pattern: string, rest: object) => ({
    host: [urls[`BENCH_${service.toUpperCase()}_URL`]],
    url_pattern,
    ...rest,
  })
  const config = {
    version: 3,
    port,
    listen_ip: '127.0.0.1',
    timeout: '800ms',
    max_idle_connections_per_host: 250,
    disable_compression: true,
    extra_config: {
      router: { disable_access_log: true },
      'telemetry/logging': { level: 'CRITICAL', prefix: '', stdout: false, syslog: false },
    },
    endpoints: [
      {
        endpoint: '/mobile/home',
        method: 'GET',
        input_query_strings: ['city'],
        input_headers: ['X-User-Id'],
        backend: [
          backend('users', '/profile', {
            target: 'data.user',
            allow: userFields.map((path) => path.join('.')),
            mapping: { address: 'place' },
            group: 'user',
          }),
          backend('content', '/home', { target: 'data', allow: ['banners', 'channels'] }),
          backend('reco', '/recommend', { allow: ['items'], mapping: { items: 'products' } }),
          backend('pricing', '/promotions', { allow: ['promotions'] }),
          backend('brands', '/featured', { allow: ['brands'] }),
        ],
      },
    ],
  }
  const file = join(directory, 'krakend.json')
  writeFileSync(file, JSON.stringify(config))
  return file
}

type Tree = { readonly [member: string]: unknown }

/** What that configuration makes of the bodies. */
export function describeKrakendPage(): Page {
  const { users, content, reco, pricing, brands } = describeBackends() as Record<string, Record<string, Tree>>
  const { user } = users!['/profile']!['data'] as { user: Tree }
  const { banners, channels } = content!['/home']!['data'] as Tree
  const { address: place, ...kept } = pick(user, userFields)
  return {
    ...homePage,
    answer: {
      user: { ...kept, place },
      banners,
      channels,
      products: reco!['/recommend']!['items'],
      promotions: pricing!['/promotions']!['promotions'],
      brands: brands!['/featured']!['brands'],
    },
  }
}

function pick(tree: Tree, paths: readonly (readonly string[])[]): Tree {
  return Object.fromEntries(
    paths.map(([first = '', second]) => {
      const member = tree[first]
      return [first, second === undefined ? member : { [second]: (member as Tree)[second] }]
    }),
  )
}
