import { type Entity, imageHost, list, yuan } from './entity.ts'

/** Products for bodies of any size: those from `first` on. */
export function describeProducts(count: number, first = 0): Entity[] {
  return list(count, (index) => describeProduct(first + index))
}

function describeProduct(index: number): Entity {
  const id = `p${20417 + index * 31}`
  const title = { zh: `云南小粒咖啡豆 ${250 + index * 50} 克`, en: `Yunnan coffee beans, ${250 + index * 50} g` }
  const cover = `${imageHost}/product/${id}/cover.webp`
  const cents = 4990 + index * 735
  const was = cents + 1500
  const memberCents = cents - 300
  const score = Number((4.2 + (index % 8) / 10).toFixed(1))
  const sold = 1200 + index * 417
  const stock = index % 5 === 4 ? 'low' : 'in_stock'
  const tags = index % 2 === 0 ? ['包邮', '次日达'] : ['热卖']
  const reason = index % 4 === 3 ? null : { code: 'similar', zh: '因为你看过手冲壶' }
  return {
    backend: {
      id,
      title,
      subtitle: { zh: '中度烘焙，坚果与可可', en: 'Medium roast, nuts and cocoa' },
      cover,
      category: { id: 'coffee', name: { zh: '咖啡', en: 'Coffee' } },
      brand: { id: `br-${index % 6}`, name: { zh: `山谷${index % 6}`, en: `Valley ${index % 6}` } },
      tags,
      rating: { score, count: 318 + index * 12 },
      sold: { month: sold, text: `月售 ${sold}` },
      price: {
        currency: 'CNY',
        cents,
        display: yuan(cents),
        was: { cents: was, display: yuan(was) },
        member: { cents: memberCents, display: yuan(memberCents) },
        discount_pct: Math.round((1500 / was) * 100),
      },
      stock,
      delivery: { minutes: 35 + index, fee_cents: 300, from: 'hz-04' },
      score: Number((0.98 - index * 0.013).toFixed(3)),
      reason,
    },
    page: {
      id,
      title: title.zh,
      titleEn: title.en,
      image: cover,
      category: 'coffee',
      brand: `山谷${index % 6}`,
      tags,
      rating: score,
      ratings: 318 + index * 12,
      sold: `月售 ${sold}`,
      cents,
      price: yuan(cents),
      was: yuan(was),
      off: Math.round((1500 / was) * 100),
      member: yuan(memberCents),
      stock,
      ...(reason && { reason: reason.zh }),
      link: `demo://product/${id}`,
    },
  }
}
