import { fileURLToPath } from 'node:url'
import type { Bodies, Page } from '../../harness/scenario.ts'
import { describeBackends } from '../home/data.ts'
import { yuan } from '../home/entity.ts'
import { describeProducts } from '../home/products.ts'

export const shopConfig = fileURLToPath(new URL('gateway.yaml', import.meta.url))

/** The home page's bodies as far as these pages read them. */
interface Shown {
  readonly channels: readonly { id: string; name: { zh: string }; icon: string }[]
  readonly brands: readonly { id: string; name: { zh: string }; logo: string }[]
}

const shown = describeProducts(9).map(({ page }) => page as { id: string; title: string; image: string })
const priced = shown.map(({ id }, index) => ({
  id,
  cents: 4690 + index * 735,
  display: yuan(4690 + index * 735),
  left: 40 - index,
}))
const ids = Array.from({ length: 40 }, (_, index) => `p${30_000 + index}`)

/** As the home page's, and prices; each batch of ids gets the same ones. */
export const shopBodies: Bodies = {
  ...describeBackends(),
  reco: { ...describeBackends()['reco'], '/candidates': { ids, model: 'candidates-v3' } },
  pricing: { '/prices': { currency: 'CNY', prices: priced } },
}

const home = describeBackends()['content']!['/home'] as { data: Pick<Shown, 'channels'> }
const featured = describeBackends()['brands']!['/featured'] as Pick<Shown, 'brands'>

const user = '梅小雨'
const products = shown.map(({ id, title, image }, index) => {
  const { display: price, left } = priced[index]!
  return { id, title, image, price, left }
})
const headers = { 'x-user-id': 'u-1001' }

export const sequencePage: Page = { path: '/shop/sequence?city=hangzhou', headers, answer: { user, products } }

export const flowPage: Page = {
  path: '/shop/flow?city=hangzhou',
  headers,
  answer: {
    user,
    channels: home.data.channels.map(({ id, name, icon }) => ({ id, name: name.zh, icon })),
    products,
    brands: featured.brands.map(({ id, name, logo }) => ({ id, name: name.zh, logo })),
  },
}

const batch = priced.map(({ id, display, left }) => ({ id, price: display, left }))

export const batchesPage: Page = {
  path: '/shop/batches?city=hangzhou',
  headers,
  answer: { ids, prices: [batch, batch, batch, batch].flat() },
}
