import { reviewerNames, reviewPhrases } from '../data/phrases.ts'
import { imageUrl } from '../world/names.ts'
import { type Product, wordsOf } from '../world/products.ts'
import { createRandom } from '../world/random.ts'

/** All that a product page shows: gallery, options, SKUs, attributes, a summary of the reviews. */
export function describeProduct(product: Product, card: object) {
  const random = createRandom(`detail ${product.id}`)
  const words = wordsOf(product)
  const [first, second] = words.options as [(typeof words.options)[number], (typeof words.options)[number]]
  return {
    ...card,
    gallery: [1, 2, 3, 4].map((index) => ({
      url: imageUrl('p', product.id, String(index)),
      width: 1080,
      height: 1080,
    })),
    description: {
      zh: `${product.title.zh}，${product.subtitle.zh}。`,
      en: `${product.title.en}. ${product.subtitle.en}.`,
    },
    unit: words.unit,
    options: words.options.map(([key, zh, values]) => ({ key, name: zh, values })),
    skus: first[2].flatMap((one) =>
      second[2].map((other, index) => ({
        id: `${product.id}-${first[2].indexOf(one) + 1}${index + 1}`,
        choice: { [first[0]]: one, [second[0]]: other },
        extra_cents: (first[2].indexOf(one) + index) * 500,
        stock: random.between(0, 240),
      })),
    ),
    attributes: [
      {
        group: { zh: '基本信息', en: 'Basics' },
        items: [
          { key: 'brand', zh: '品牌', value: product.brand.name.zh },
          { key: 'category', zh: '分类', value: product.category.name.zh },
        ],
      },
      {
        group: { zh: '物流', en: 'Delivery' },
        items: [
          { key: 'weight', zh: '毛重', value: `${random.between(80, 4200)} g` },
          { key: 'origin', zh: '产地', value: random.pick(['浙江', '广东', '四川', '江苏', '云南']) },
        ],
      },
    ],
    delivery: {
      minutes: random.pick([30, 45, 60, 1440]),
      from_store: random.next() < 0.4,
      fee_cents: random.pick([0, 0, 300, 600]),
    },
    review_summary: { score: product.rating.score, count: product.rating.count, stars: spreadStars(product) },
  }
}

/** Twelve reviews of a product, newest first. */
export function reviewsOf(product: Product) {
  const random = createRandom(`reviews ${product.id}`)
  return Array.from({ length: 12 }, (_, index) => {
    const [stars, zh, en] = random.pick(reviewPhrases)
    return {
      id: `r-${product.id}-${index + 1}`,
      stars,
      text: { zh, en },
      author: random.pick(reviewerNames),
      date: `2026-${String(12 - index).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`,
      photos: random.next() < 0.3 ? [imageUrl('review', product.id, String(index))] : [],
      likes: random.between(0, 320),
    }
  })
}

/** How many of the ratings gave 5, 4, … 1 stars. */
function spreadStars({ rating }: Product) {
  const five = Math.round(rating.count * (rating.score / 5) ** 2)
  const four = Math.round((rating.count - five) * 0.6)
  const three = Math.round((rating.count - five - four) * 0.5)
  const two = Math.round((rating.count - five - four - three) * 0.5)
  return { 5: five, 4: four, 3: three, 2: two, 1: rating.count - five - four - three - two }
}
