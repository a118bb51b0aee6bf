/** What the demo's backends answer, as far as its homepage reads it. */

interface Text {
  readonly zh: string
  readonly en: string
}

export interface SessionBody {
  readonly segment: string
  readonly user: { readonly id: string; readonly name: Text }
}

export interface Banner {
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
  readonly tracking?: { readonly campaign: string }
  readonly ends_at?: string
}

export interface Channel {
  readonly id: string
  readonly position: number
  readonly name: Text
  readonly icon: string
  readonly link: { readonly url: string }
  readonly badge: Text | null
}

export interface Pick {
  readonly id: string
  readonly reason?: Text
}

export interface Card {
  readonly id: string
  readonly title: Text
  readonly cover: string
  readonly category: { readonly id: string }
  readonly brand: { readonly name: Text }
  readonly tags: readonly string[]
  readonly rating: { readonly score: number }
  readonly sold: { readonly text: string }
}

export interface Price {
  readonly id: string
  readonly cents: number
  readonly display: string
  readonly was: { readonly display: string }
  readonly discount_pct: number
  readonly member: { readonly display: string }
  readonly stock: string
}

export interface Promotion {
  readonly id: string
  readonly title: Text
  readonly icon: string
  readonly rule: { readonly threshold_cents: number; readonly off_cents: number }
  readonly coupon: string
}

export interface Brand {
  readonly id: string
  readonly name: Text
  readonly logo: string
  readonly country: string
  readonly rating: number
  readonly followers: number
  readonly stores_nearby: number
}

export interface BannersBody {
  readonly data: { readonly banners: readonly Banner[] }
}

export interface ChannelsBody {
  readonly data: { readonly channels: readonly Channel[] }
}

export interface PicksBody {
  readonly items: readonly Pick[]
}

export interface CardsBody {
  readonly items: readonly Card[]
}

export interface PricesBody {
  readonly prices: readonly Price[]
}

export interface PromotionsBody {
  readonly promotions: readonly Promotion[]
}

export interface BrandsBody {
  readonly brands: readonly Brand[]
}
