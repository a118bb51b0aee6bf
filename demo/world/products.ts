import { type CategoryWords, categoryWords } from '../data/categories.ts'
import { brands } from './brands.ts'
import { imageUrl, type Name } from './names.ts'
import { createRandom } from './random.ts'

export interface Product {
  id: string
  title: Name
  subtitle: Name
  category: { id: string; name: Name }
  brand: { id: string; name: Name }
  cover: string
  tags: string[]
  rating: { score: number; count: number }
  sold: { month: number; text: string }
  /** The base price in cents. Only pricing tells it; catalog does not. */
  baseCents: number
}

/** 400 products, the same in every process: `p1001` to `p1400`. */
export const products: readonly Product[] = categoryWords
  .flatMap((category) => category.nouns.flatMap((noun) => category.styles.map((style) => ({ category, noun, style }))))
  .map(({ category, noun, style }, index) => describeProduct(`p${1001 + index}`, category, noun, style))

export const productsById: ReadonlyMap<string, Product> = new Map(products.map((product) => [product.id, product]))

export function wordsOf(product: Product): CategoryWords {
  return categoryWords.find((category) => category.id === product.category.id)!
}

function describeProduct(
  id: string,
  category: CategoryWords,
  [nounZh, nounEn, fromYuan, toYuan]: CategoryWords['nouns'][number],
  [styleZh, styleEn]: CategoryWords['styles'][number],
): Product {
  const random = createRandom(`product ${id}`)
  const brand = random.pick(brands.filter((one) => one.categories.includes(category.id)))
  const month = random.between(3, 9800)
  return {
    id,
    title: { zh: `${brand.name.zh} ${styleZh}${nounZh}`, en: `${brand.name.en} ${styleEn} ${nounEn}` },
    subtitle: random.pick([
      { zh: '七天无理由退换', en: 'Seven days to return' },
      { zh: '现货速发', en: 'In stock, ships today' },
      { zh: '门店同款', en: 'As in our stores' },
      { zh: '编辑精选', en: 'Picked by our editors' },
    ]),
    category: { id: category.id, name: { zh: category.zh, en: category.en } },
    brand: { id: brand.id, name: brand.name },
    cover: imageUrl('p', id),
    tags: random.sample(['new', 'hot', 'gift', 'eco', 'imported', 'local'], random.between(0, 2)),
    rating: { score: random.between(38, 50) / 10, count: random.between(8, 24_000) },
    sold: { month, text: month >= 1000 ? `月售 ${Math.floor(month / 1000)}000+` : `月售 ${month}` },
    baseCents: random.between(fromYuan, toYuan) * 100 - random.pick([0, 10, 100]),
  }
}
