/** The page as one would write it by hand, shared by the peers: what differs is how they serve and call. */

interface Text {
  readonly zh: string
  readonly en: string
}

export interface ProfileBody {
  readonly data: {
    readonly user: {
      readonly id: string
      readonly name: Text
      readonly avatar: { readonly url: string }
      readonly level: { readonly name: string }
      readonly points: { readonly balance: number }
      readonly coupons: { readonly usable: number }
      readonly inbox: { readonly unread: number }
      readonly segment: string
      readonly address: { readonly district: string }
    }
  }
}

export interface ContentBody {
  readonly data: {
    readonly banners: readonly {
      readonly id: string
      readonly slot: number
      readonly title: Text
      readonly image: {
        readonly url: string
        readonly width: number
        readonly height: number
        readonly background: string
      }
      readonly link: { readonly url: string }
      readonly tracking: { readonly campaign: string }
      readonly ends_at: string
    }[]
    readonly channels: readonly {
      readonly id: string
      readonly name: Text
      readonly icon: string
      readonly link: { readonly url: string }
      readonly badge: Text | null
    }[]
  }
}

export interface Product {
  readonly id: string
  readonly title: Text
  readonly cover: string
  readonly category: { readonly id: string }
  readonly brand: { readonly name: Text }
  readonly tags: readonly string[]
  readonly rating: { readonly score: number; readonly count: number }
  readonly sold: { readonly text: string }
  readonly price: {
    readonly cents: number
    readonly display: string
    readonly was: { readonly display: string }
    readonly member: { readonly display: string }
    readonly discount_pct: number
  }
  readonly stock: string
  readonly reason: Text | null
}

export interface RecommendBody {
  readonly items: readonly Product[]
}

export interface PromotionsBody {
  readonly promotions: readonly {
    readonly id: string
    readonly title: Text
    readonly icon: string
    readonly rule: { readonly threshold_cents: number; readonly off_cents: number }
    readonly coupon: string
    readonly ends_at: string
  }[]
}

export interface BrandsBody {
  readonly brands: readonly {
    readonly id: string
    readonly name: Text
    readonly logo: string
    readonly country: string
    readonly rating: number
    readonly followers: number
    readonly stores_nearby: number
  }[]
}

export function mapHome(
  city: string,
  { data: { user } }: ProfileBody,
  { data: content }: ContentBody,
  { items }: RecommendBody,
  { promotions }: PromotionsBody,
  { brands }: BrandsBody,
) {
  return {
    city,
    user: {
      id: user.id,
      name: user.name.zh,
      avatar: user.avatar.url,
      level: user.level.name,
      points: user.points.balance,
      coupons: user.coupons.usable,
      unread: user.inbox.unread,
      segment: user.segment,
      district: user.address.district,
    },
    banners: content.banners.map((banner) => ({
      id: banner.id,
      slot: banner.slot,
      title: banner.title.zh,
      titleEn: banner.title.en,
      image: banner.image.url,
      width: banner.image.width,
      height: banner.image.height,
      background: banner.image.background,
      link: banner.link.url,
      campaign: banner.tracking.campaign,
      until: banner.ends_at,
    })),
    channels: content.channels.map((channel) => ({
      id: channel.id,
      name: channel.name.zh,
      nameEn: channel.name.en,
      icon: channel.icon,
      link: channel.link.url,
      badge: channel.badge?.zh,
    })),
    products: items.map(mapProduct),
    promotions: promotions.map((promotion) => ({
      id: promotion.id,
      title: promotion.title.zh,
      titleEn: promotion.title.en,
      icon: promotion.icon,
      threshold: promotion.rule.threshold_cents,
      off: promotion.rule.off_cents,
      coupon: promotion.coupon,
      until: promotion.ends_at,
    })),
    brands: brands.map((brand) => ({
      id: brand.id,
      name: brand.name.zh,
      nameEn: brand.name.en,
      logo: brand.logo,
      country: brand.country,
      rating: brand.rating,
      followers: brand.followers,
      stores: brand.stores_nearby,
    })),
  }
}

export function mapProduct(item: Product) {
  return {
    id: item.id,
    title: item.title.zh,
    titleEn: item.title.en,
    image: item.cover,
    category: item.category.id,
    brand: item.brand.name.zh,
    tags: item.tags,
    rating: item.rating.score,
    ratings: item.rating.count,
    sold: item.sold.text,
    cents: item.price.cents,
    price: item.price.display,
    was: item.price.was.display,
    off: item.price.discount_pct,
    member: item.price.member.display,
    stock: item.stock,
    reason: item.reason?.zh,
    link: `demo://product/${item.id}`,
  }
}
