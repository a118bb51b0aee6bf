import type { DemoService } from '../../../demo/http/service.ts'
import { brands } from '../../../demo/services/brands.ts'
import { catalog } from '../../../demo/services/catalog.ts'
import { content } from '../../../demo/services/content.ts'
import { pricing } from '../../../demo/services/pricing.ts'
import { reco } from '../../../demo/services/reco.ts'
import { users } from '../../../demo/services/users.ts'
import type { Bodies } from '../../harness/scenario.ts'

const city = 'hangzhou'
const sliceSize = 5

/** What the demo's own backends answer for its homepage, to who is not signed in. */
export function describeDemoBackends(): Bodies {
  const picks = ask(reco, 'GET /recommend/{city}', { seg: 'anonymous', size: '10' }, { city }) as { ids: string[] }
  const { ids } = picks
  const prices = (some: readonly string[]) => ask(pricing, 'GET /prices', { ids: some.join(',') })
  const slices: [string, unknown][] = []
  for (let from = 0; from < ids.length; from += sliceSize) {
    const slice = ids.slice(from, from + sliceSize)
    slices.push([`/prices?ids=${slice.join('&ids=')}`, prices(slice)])
  }
  return {
    users: { '/session': ask(users, 'GET /session', {}) },
    content: {
      '/banners': ask(content, 'GET /banners', { city }),
      '/channels': ask(content, 'GET /channels', { city }),
    },
    reco: { [`/recommend/${city}`]: picks },
    catalog: { '/cards': ask(catalog, 'GET /cards', { ids: ids.join(',') }) },
    pricing: {
      // Whoever asks for other ids than those of a slice gets nothing; KrakenD cannot cut slices.
      ...Object.fromEntries(slices),
      [`/prices?ids=${ids.join(',')}`]: prices(ids),
      '/promotions': ask(pricing, 'GET /promotions', { city, segment: 'anonymous' }),
    },
    brands: { '/brands/featured': ask(brands, 'GET /brands/featured', { city, size: '6' }) },
  }
}

function ask(service: DemoService, route: string, query: Record<string, string>, params = {}): unknown {
  const request = { params, query: new URLSearchParams(query), headers: {}, body: undefined }
  const { status = 200, body } = service.routes[route]!(request)
  if (status !== 200) throw new Error(`${service.name} answers ${status} to ${route}`)
  return body
}
