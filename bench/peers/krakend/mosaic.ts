import type { Bodies, Page } from '../../harness/scenario.ts'
import type { KrakendEndpoint } from './config.ts'

type Tree = Readonly<Record<string, unknown>>

/**
 * The demo's homepage as far as KrakenD can make it: for those who are not signed in, of one city, one call after the
 * other, since some need the ids that another gave; all prices by one call, nothing joined, lists passed on whole.
 */
export function describeKrakendMosaic(page: Page, bodies: Bodies): KrakendEndpoint {
  const { content, reco, catalog, pricing, brands } = bodies as Record<string, Record<string, Tree>>
  const { ids, items: picks } = reco!['/recommend/hangzhou'] as { ids: string[]; items: unknown }
  const dataOf = (path: string) => content![path]!['data'] as Tree
  return {
    isSequential: true,
    inputHeaders: [],
    inputQuery: [],
    backends: [
      {
        ...{ service: 'reco', url: '/recommend/hangzhou?size=10&seg=anonymous' },
        rest: { allow: ['ids', 'items'], mapping: { items: 'picks' } },
      },
      { service: 'catalog', url: '/cards?ids={resp0_ids}', rest: { allow: ['items'], mapping: { items: 'cards' } } },
      { service: 'pricing', url: '/prices?ids={resp0_ids}', rest: { allow: ['prices'] } },
      { service: 'content', url: '/banners?slot=home&city=hangzhou', rest: { target: 'data', allow: ['banners'] } },
      { service: 'content', url: '/channels?city=hangzhou', rest: { target: 'data', allow: ['channels'] } },
      { service: 'pricing', url: '/promotions?segment=anonymous&city=hangzhou', rest: { allow: ['promotions'] } },
      { service: 'brands', url: '/brands/featured?size=6&city=hangzhou', rest: { allow: ['brands'] } },
    ],
    page: {
      ...page,
      answer: {
        ids,
        picks,
        cards: catalog!['/cards']!['items'],
        prices: pricing![`/prices?ids=${ids.join(',')}`]!['prices'],
        banners: dataOf('/banners')['banners'],
        channels: dataOf('/channels')['channels'],
        promotions: pricing!['/promotions']!['promotions'],
        brands: brands!['/brands/featured']!['brands'],
      },
    },
  }
}
