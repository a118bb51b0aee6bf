import { categoryWords } from '../data/categories.ts'
import { cityWords } from '../data/cities.ts'
import { reasonPhrases } from '../data/phrases.ts'
import { type DemoRequest, type DemoService, failure, found } from '../http/service.ts'
import { type Product, products, productsById } from '../world/products.ts'
import { createRandom } from '../world/random.ts'
import { describeProduct, reviewsOf } from './catalogDetail.ts'
import { paginate, readCount, readIds } from './paging.ts'

const maxCards = 50
const [zh, en] = reasonPhrases.bestseller!

/** The products: cards, pages, search, and what a product page shows. It knows no prices: pricing does. */
export const catalog: DemoService = {
  name: 'catalog',
  medianMs: 14,
  // So that a gateway can pass `/catalog/…` on as it is.
  prefixes: ['/catalog'],
  routes: {
    'GET /categories': () =>
      found({
        categories: categoryWords.map(({ id, zh, en }) => ({
          id,
          name: { zh, en },
          count: products.filter((product) => product.category.id === id).length,
        })),
      }),
    'GET /cards': ({ query }) => {
      const ids = readIds(query)
      if (ids.length > maxCards) return failure(400, 'too_many_ids', `at most ${maxCards} ids a call`)
      return found({ items: ids.flatMap((id) => productsById.get(id) ?? []).map(cardOf) })
    },
    'GET /bestsellers': ({ query }) => {
      const city = query.get('city') ?? ''
      if (!cityWords.some((one) => one.id === city)) return failure(404, 'city_unknown', 'no sales in this city')
      const count = readCount(query, 'size', 20, maxCards)
      if (count === undefined) return failure(400, 'bad_page', `size is a number from 1 to ${maxCards}`)
      const items = createRandom(`bestsellers ${city}`).sample(products, count)
      return found({ items: items.map(({ id }) => ({ id, score: 1, reason: { code: 'bestseller', zh, en } })) })
    },
    'GET /products': (request) => listProducts(products, request),
    'GET /search': (request) => {
      const wanted = (request.query.get('q') ?? '').trim().toLowerCase()
      if (wanted === '') return failure(400, 'empty_query', 'q is empty')
      return listProducts(
        products.filter((product) => matches(product, wanted)),
        request,
      )
    },
    'GET /products/{id}': ({ params }) => {
      const product = productsById.get(params.id!)
      return product
        ? found(describeProduct(product, cardOf(product)))
        : failure(404, 'product_not_found', 'no such product')
    },
    'GET /products/{id}/reviews': ({ params, query }) => {
      const product = productsById.get(params.id!)
      if (!product) return failure(404, 'product_not_found', 'no such product')
      const page = paginate(reviewsOf(product), query)
      return page
        ? found({ ...page, score: product.rating.score })
        : failure(400, 'bad_page', 'page and size are out of range')
    },
  },
}

/** What a list shows of a product. */
function cardOf({ baseCents: _, ...card }: Product) {
  return card
}

function matches(product: Product, wanted: string): boolean {
  const { title, category, brand } = product
  return [title.zh, title.en, category.name.zh, category.name.en, brand.name.en].some((text) =>
    text.toLowerCase().includes(wanted),
  )
}

/** A page of a list, narrowed by `category` and `brand`, sorted by `sort=sold|rating|new`. */
function listProducts(list: readonly Product[], { query }: DemoRequest) {
  const category = query.get('category')
  const brand = query.get('brand')
  const narrowed = list.filter(
    (product) => (!category || product.category.id === category) && (!brand || product.brand.id === brand),
  )
  const orders: Record<string, (a: Product, b: Product) => number> = {
    sold: (a, b) => b.sold.month - a.sold.month,
    rating: (a, b) => b.rating.score - a.rating.score,
    new: (a, b) => b.id.localeCompare(a.id),
  }
  const sort = query.get('sort')
  if (sort !== null && !Object.hasOwn(orders, sort)) return failure(400, 'bad_sort', 'sort is sold, rating or new')
  const page = paginate(sort === null ? narrowed : narrowed.toSorted(orders[sort]), query)
  return page
    ? found({ ...page, items: page.items.map(cardOf) })
    : failure(400, 'bad_page', 'page and size are out of range')
}
