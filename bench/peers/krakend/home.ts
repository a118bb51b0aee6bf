import type { Page } from '../../harness/scenario.ts'
import { describeBackends } from '../../scenarios/home/data.ts'
import { homePage } from '../../scenarios/home/page.ts'
import type { KrakendEndpoint } from './config.ts'

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
export function describeKrakendHome(): KrakendEndpoint {
  return {
    page: describePage(),
    inputHeaders: ['X-User-Id'],
    inputQuery: ['city'],
    backends: [
      {
        ...{ service: 'users', url: '/profile' },
        rest: {
          target: 'data.user',
          allow: userFields.map((path) => path.join('.')),
          mapping: { address: 'place' },
          group: 'user',
        },
      },
      { service: 'content', url: '/home', rest: { target: 'data', allow: ['banners', 'channels'] } },
      { service: 'reco', url: '/recommend', rest: { allow: ['items'], mapping: { items: 'products' } } },
      { service: 'pricing', url: '/promotions', rest: { allow: ['promotions'] } },
      { service: 'brands', url: '/featured', rest: { allow: ['brands'] } },
    ],
  }
}

type Tree = { readonly [member: string]: unknown }

/** What that configuration makes of the bodies. */
function describePage(): Page {
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
