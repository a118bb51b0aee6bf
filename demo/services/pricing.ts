import { cityWords } from '../data/cities.ts'
import { promotionPhrases } from '../data/phrases.ts'
import { type DemoAnswer, type DemoService, failure, found } from '../http/service.ts'
import { imageUrl } from '../world/names.ts'
import { priceOf } from '../world/prices.ts'
import { productsById } from '../world/products.ts'
import { placeOrder, quoteOrder } from './orders.ts'
import { readIds } from './paging.ts'

const maxIds = 50

/** Money: prices (at most 50 ids a call), promotions, quotes and orders. */
export const pricing: DemoService = {
  name: 'pricing',
  medianMs: 12,
  routes: {
    'GET /prices': ({ query }) => listPrices(readIds(query)),
    'POST /prices': ({ body }) => {
      const ids = (body as { ids?: unknown } | undefined)?.ids
      if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string'))
        return failure(400, 'bad_ids', 'ids is a list of strings')
      return listPrices(ids)
    },
    'GET /promotions': ({ query }) => {
      const city = query.get('city') ?? ''
      const segment = query.get('segment')
      if (!cityWords.some((one) => one.id === city)) return failure(404, 'city_unknown', 'no promotions in this city')
      const promotions = promotionPhrases
        .filter(([, , , , , segments]) => segment === null || segments.includes(segment))
        .map(([id, zh, en, threshold, off]) => ({
          id: `promo-${id}`,
          title: { zh, en },
          icon: imageUrl('promo', id),
          rule: { threshold_cents: threshold * 100, off_cents: off * 100 },
          coupon: id.toUpperCase(),
          ends_at: '2026-12-31T23:59:59+08:00',
        }))
      return found({ city, promotions })
    },
    'POST /quotes': ({ body }) => quoteOrder(body),
    'POST /orders': ({ body, headers }) => placeOrder(body, headers['idempotency-key']),
  },
}

function listPrices(ids: readonly string[]): DemoAnswer {
  if (ids.length === 0) return failure(400, 'no_ids', 'give at least one id')
  if (ids.length > maxIds) return failure(400, 'too_many_ids', `at most ${maxIds} ids a call`)
  return found({ currency: 'CNY', prices: ids.flatMap((id) => productsById.get(id) ?? []).map(priceOf) })
}
