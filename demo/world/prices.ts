import { displayMoney } from './names.ts'
import type { Product } from './products.ts'
import { createRandom } from './random.ts'

export interface Price {
  id: string
  currency: 'CNY'
  cents: number
  display: string
  /** Before the discount; equal to the price when there is none. */
  was: { cents: number; display: string }
  discount_pct: number
  member: { cents: number; display: string }
  stock: 'in_stock' | 'low' | 'sold_out'
}

export function priceOf(product: Product): Price {
  const random = createRandom(`price ${product.id}`)
  const discount = random.pick([0, 0, 0, 5, 10, 15, 20, 30, 50])
  const cents = Math.round((product.baseCents * (100 - discount)) / 100)
  const member = Math.round(cents * 0.95)
  return {
    id: product.id,
    currency: 'CNY',
    cents,
    display: displayMoney(cents),
    was: { cents: product.baseCents, display: displayMoney(product.baseCents) },
    discount_pct: discount,
    member: { cents: member, display: displayMoney(member) },
    stock: random.pick(['in_stock', 'in_stock', 'in_stock', 'in_stock', 'in_stock', 'in_stock', 'low', 'sold_out']),
  }
}
