import type { Banner, Brand, Card, Channel, Pick, Price, Promotion } from './bodies.ts'

export function showBanner(banner: Banner) {
  return {
    id: banner.id,
    slot: banner.slot,
    title: banner.title.zh,
    titleEn: banner.title.en,
    image: banner.image.url,
    width: banner.image.width,
    height: banner.image.height,
    background: banner.image.background,
    link: banner.link.url,
    campaign: banner.tracking?.campaign,
    until: banner.ends_at,
  }
}

export function showChannel(channel: Channel) {
  return {
    id: channel.id,
    position: channel.position,
    name: channel.name.zh,
    nameEn: channel.name.en,
    icon: channel.icon,
    link: channel.link.url,
    badge: channel.badge?.zh,
  }
}

/** Each card with the price and the reason that have the same id. */
export function showProducts(cards: readonly Card[], prices: readonly Price[], picks: readonly Pick[]) {
  const priceOf = new Map(prices.map((price) => [price.id, price]))
  const pickOf = new Map(picks.map((pick) => [pick.id, pick]))
  return cards.map((card) => showProduct(card, priceOf.get(card.id), pickOf.get(card.id)))
}

function showProduct(card: Card, price: Price | undefined, pick: Pick | undefined) {
  return {
    id: card.id,
    title: card.title.zh,
    titleEn: card.title.en,
    image: card.cover,
    category: card.category.id,
    brand: card.brand.name.zh,
    tags: card.tags,
    rating: card.rating.score,
    sold: card.sold.text,
    cents: price?.cents,
    price: price?.display,
    was: price?.was.display,
    off: price?.discount_pct,
    member: price?.member.display,
    stock: price?.stock,
    reason: pick?.reason?.zh,
    link: `demo://product/${card.id}`,
  }
}

export function showPromotion(promotion: Promotion) {
  return {
    id: promotion.id,
    title: promotion.title.zh,
    titleEn: promotion.title.en,
    icon: promotion.icon,
    threshold: promotion.rule.threshold_cents,
    off: promotion.rule.off_cents,
    coupon: promotion.coupon,
  }
}

export function showBrand(brand: Brand) {
  return {
    id: brand.id,
    name: brand.name.zh,
    nameEn: brand.name.en,
    logo: brand.logo,
    country: brand.country,
    rating: brand.rating,
    followers: brand.followers,
    stores: brand.stores_nearby,
  }
}
