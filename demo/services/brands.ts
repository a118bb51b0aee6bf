import { cityWords } from '../data/cities.ts'
import { type DemoService, failure, found } from '../http/service.ts'
import { brands as allBrands, type Brand, stores } from '../world/brands.ts'
import { createRandom } from '../world/random.ts'
import { paginate, readCount } from './paging.ts'

/** Brands and their stores. */
export const brands: DemoService = {
  name: 'brands',
  medianMs: 10,
  routes: {
    'GET /brands': ({ query }) => {
      const category = query.get('category')
      const page = paginate(
        allBrands.filter((brand) => !category || brand.categories.includes(category)),
        query,
      )
      return page ? found(page) : failure(400, 'bad_page', 'page and size are out of range')
    },
    'GET /brands/featured': ({ query }) => {
      const city = query.get('city') ?? ''
      const size = readCount(query, 'size', 6, allBrands.length)
      if (!cityWords.some((one) => one.id === city)) return failure(404, 'city_unknown', 'no brands in this city')
      if (size === undefined) return failure(400, 'bad_size', `size is a number from 1 to ${allBrands.length}`)
      const featured = createRandom(`featured ${city}`).sample(allBrands, size)
      return found({
        city,
        brands: featured.map((brand) => ({ ...brand, stores_nearby: storesOf(brand, city).length })),
      })
    },
    'GET /brands/{id}': ({ params }) => {
      const brand = allBrands.find((one) => one.id === params.id)
      return brand ? found(brand) : failure(404, 'brand_not_found', 'no such brand')
    },
    'GET /brands/{id}/stores': ({ params, query }) => {
      const brand = allBrands.find((one) => one.id === params.id)
      if (!brand) return failure(404, 'brand_not_found', 'no such brand')
      const list = storesOf(brand, query.get('city'))
      return found({ brand: brand.id, total: list.length, stores: list })
    },
    'GET /stores': ({ query }) => {
      const city = query.get('city')
      const page = paginate(
        stores.filter((store) => !city || store.city === city),
        query,
      )
      return page ? found(page) : failure(400, 'bad_page', 'page and size are out of range')
    },
  },
}

function storesOf(brand: Brand, city: string | null) {
  return stores.filter((store) => store.brand_id === brand.id && (!city || store.city === city))
}
