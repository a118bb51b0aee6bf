import { cityWords } from '../data/cities.ts'
import { reasonPhrases } from '../data/phrases.ts'
import { type DemoService, failure, found } from '../http/service.ts'
import { products, productsById } from '../world/products.ts'
import { createRandom, type Random } from '../world/random.ts'
import { readCount } from './paging.ts'

const segments = ['anonymous', 'new', 'member', 'vip']
const reasonsOf: Record<string, readonly string[]> = {
  anonymous: ['bestseller', 'similar'],
  new: ['newcomer', 'bestseller'],
  member: ['rebuy', 'similar'],
  vip: ['vip', 'rebuy'],
}

/** Recommendations. It gives ids, scores and reasons; what a product is called, catalog knows. */
export const reco: DemoService = {
  name: 'reco',
  medianMs: 24,
  routes: {
    'GET /recommend/{city}': ({ params, query, headers }) => {
      const segment = query.get('seg') ?? 'anonymous'
      const size = readCount(query, 'size', 20, 50)
      if (!cityWords.some((one) => one.id === params.city))
        return failure(404, 'city_unknown', 'no model for this city')
      if (!segments.includes(segment)) return failure(400, 'segment_unknown', `seg is one of ${segments.join(', ')}`)
      if (size === undefined) return failure(400, 'bad_size', 'size is a number from 1 to 50')
      const random = createRandom(`recommend ${params.city} ${segment} ${headers['x-user-id'] ?? ''}`)
      const pool = segment === 'vip' ? products.filter((product) => product.baseCents >= 9900) : products
      return found(
        listPicks(
          random.sample(pool, size).map(({ id }) => id),
          random,
          reasonsOf[segment]!,
          segment,
        ),
      )
    },
    'GET /similar/{id}': ({ params, query }) => {
      const product = productsById.get(params.id!)
      const size = readCount(query, 'size', 6, 50)
      if (!product) return failure(404, 'product_not_found', 'no such product')
      if (size === undefined) return failure(400, 'bad_size', 'size is a number from 1 to 50')
      const random = createRandom(`similar ${product.id}`)
      const kin = products.filter((one) => one.category.id === product.category.id && one.id !== product.id)
      return found(
        listPicks(
          random.sample(kin, size).map(({ id }) => id),
          random,
          ['similar'],
          'item',
        ),
      )
    },
  },
}

function listPicks(ids: string[], random: Random, reasons: readonly string[], strategy: string) {
  return {
    model: { name: 'two-tower', version: '2026.11', strategy },
    ids,
    items: ids.map((id, index) => {
      const code = random.pick(reasons)
      const [zh, en] = reasonPhrases[code]!
      return { id, score: Number((0.98 - index * 0.017).toFixed(3)), reason: { code, zh, en } }
    }),
  }
}
