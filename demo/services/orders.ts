import { promotionPhrases } from '../data/phrases.ts'
import { type DemoAnswer, failure, found } from '../http/service.ts'
import { displayMoney } from '../world/names.ts'
import { priceOf } from '../world/prices.ts'
import { productsById } from '../world/products.ts'

interface Quote {
  id: string
  lines: { id: string; count: number; unit_cents: number; cents: number }[]
  subtotal_cents: number
  off_cents: number
  delivery_cents: number
  total_cents: number
  total_display: string
}

const maxKept = 1000
const quotes = new Map<string, Quote>()
const orders = new Map<string, object>()

/** `{ lines: [{ id, count }], segment?, coupon? }` → a quote; 409 when something is sold out, 422 for a bad coupon. */
export function quoteOrder(body: unknown): DemoAnswer {
  const { lines, coupon, segment } = (body ?? {}) as { lines?: unknown; coupon?: string; segment?: string }
  if (!isLines(lines)) return failure(400, 'bad_lines', 'lines is a list of { id, count }')
  const missing = lines.filter((line) => !productsById.has(line.id)).map((line) => line.id)
  if (missing.length > 0) return { status: 409, body: { code: 'unknown_products', products: missing } }
  const priced = lines.map((line) => ({ line, price: priceOf(productsById.get(line.id)!) }))
  const soldOut = priced.filter(({ price }) => price.stock === 'sold_out').map(({ line }) => line.id)
  if (soldOut.length > 0) return { status: 409, body: { code: 'sold_out', products: soldOut } }

  const isMember = segment === 'member' || segment === 'vip'
  const quoted = priced.map(({ line, price }) => {
    const unit = isMember ? price.member.cents : price.cents
    return { id: line.id, count: line.count, unit_cents: unit, cents: unit * line.count }
  })
  const subtotal = quoted.reduce((sum, line) => sum + line.cents, 0)
  const off = coupon === undefined ? 0 : discountOf(coupon, subtotal, segment ?? 'anonymous')
  if (off === undefined) return failure(422, 'coupon_invalid', 'the coupon does not apply')
  const delivery = isMember || subtotal >= 9900 ? 0 : 600
  const total = Math.max(0, subtotal - off) + delivery
  const quote: Quote = {
    id: `q${quotes.size + 1}`,
    lines: quoted,
    subtotal_cents: subtotal,
    off_cents: off,
    delivery_cents: delivery,
    total_cents: total,
    total_display: displayMoney(total),
  }
  if (quotes.size < maxKept) quotes.set(quote.id, quote)
  return found(quote)
}

/** `{ quote, user, address, payment }` → 201 with the order; the same idempotency key gives the same order again. */
export function placeOrder(body: unknown, key: string | string[] | undefined): DemoAnswer {
  const { quote, user, payment } = (body ?? {}) as { quote?: string; user?: string; payment?: string }
  const quoted = quotes.get(quote ?? '')
  if (!quoted || !user) return failure(400, 'bad_order', 'quote or user is missing')
  if (payment === 'pay-declined') return failure(402, 'payment_declined', 'the bank said no')
  const kept = typeof key === 'string' ? orders.get(`${user} ${key}`) : undefined
  if (kept) return found(kept)
  const order = { id: `o${1000 + orders.size + 1}`, status: 'paid', total_cents: quoted.total_cents, eta_minutes: 38 }
  if (typeof key === 'string' && orders.size < maxKept) orders.set(`${user} ${key}`, order)
  return { status: 201, body: order }
}

/** Undefined when the coupon does not exist or does not apply. */
function discountOf(coupon: string, subtotal: number, segment: string): number | undefined {
  const promotion = promotionPhrases.find(([id]) => id.toUpperCase() === coupon)
  if (!promotion) return undefined
  const [, , , threshold, off, segments] = promotion
  return segments.includes(segment) && subtotal >= threshold * 100 ? off * 100 : undefined
}

function isLines(value: unknown): value is { id: string; count: number }[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((line) => typeof line?.id === 'string' && Number.isInteger(line.count) && line.count > 0)
  )
}
