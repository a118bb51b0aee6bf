/**
 * The demo's homepage written by hand, shared by the peers on Node: what differs is how they serve and call. Every call
 * has what stands in for it, as the page says where its parts came from; a retry, a breaker or a last good answer none.
 */
import type { origins } from '../origins.ts'
import type {
  Banner,
  BannersBody,
  BrandsBody,
  CardsBody,
  ChannelsBody,
  PicksBody,
  PricesBody,
  PromotionsBody,
  SessionBody,
} from './bodies.ts'
import { showBanner, showBrand, showChannel, showProducts, showPromotion } from './show.ts'

/** Asks a backend. @throws AnswerError for what is no 200 */
export type Get = <Body>(service: keyof typeof origins, path: string, headers?: Record<string, string>) => Promise<Body>

export class AnswerError extends Error {
  readonly status: number

  constructor(path: string, status: number) {
    super(`${path} answered ${status}`)
    this.status = status
  }
}

/** The session has run out: the app must ask for a sign-in. */
export class SignedOut extends Error {}

export interface PageRequest {
  readonly city: string
  readonly token: string | undefined
  readonly requestId: string
}

interface User {
  readonly id?: string
  readonly name?: string
  readonly segment: string
}

/** What a call gave, or what stands in for it. */
interface Part<Body> {
  readonly body: Body
  readonly source: 'live' | 'fallback' | 'skipped'
}

export const pageHeaders = { 'cache-control': 'private, max-age=5', vary: 'x-session-token' }

const sliceSize = 5
const anonymous: User = { segment: 'anonymous' }
const welcome: Banner = {
  id: 'b-welcome',
  slot: 1,
  title: { zh: '欢迎', en: 'Welcome' },
  image: {
    url: 'https://img.example.com/banner/welcome.webp',
    width: 1125,
    height: 420,
    background: '#3D5A80',
  },
  link: { url: 'demo://welcome' },
}
const noChannels: ChannelsBody = { data: { channels: [] } }
const noItems = { items: [] }
const noPrices: PricesBody = { prices: [] }
const noPromotions: PromotionsBody = { promotions: [] }
const noBrands: BrandsBody = { brands: [] }

export async function composePage(get: Get, { city, token, requestId }: PageRequest) {
  const user = token === undefined ? anonymous : await recognize(get, token)
  const query = `city=${encodeURIComponent(city)}`
  const [banners, channels, shelf, promotions, brands] = await Promise.all([
    orElse(get<BannersBody>('content', `/banners?slot=home&${query}`), { data: { banners: [welcome] } }),
    orElse(get<ChannelsBody>('content', `/channels?${query}`), noChannels),
    fillShelf(get, city, user),
    orElse(get<PromotionsBody>('pricing', `/promotions?${query}&segment=${user.segment}`), noPromotions, 'skipped'),
    orElse(get<BrandsBody>('brands', `/brands/featured?size=6&${query}`), noBrands),
  ])
  return {
    city,
    user: { signedIn: user.id !== undefined, segment: user.segment, name: user.name ?? '访客' },
    banners: banners.body.data.banners.map(showBanner),
    channels: channels.body.data.channels.map(showChannel),
    products: shelf.products,
    promotions: promotions.body.promotions.map(showPromotion),
    brands: brands.body.brands.map(showBrand),
    meta: {
      requestId,
      banners: banners.source,
      channels: channels.source,
      recommendations: shelf.picksSource,
      cards: shelf.cardsSource,
      promotions: promotions.source,
      brands: brands.source,
    },
  }
}

/** Better a page for everyone than none, but an expired session must sign in again. */
async function recognize(get: Get, token: string): Promise<User> {
  try {
    const { segment, user } = await get<SessionBody>('users', '/session', { 'x-session-token': token })
    return { segment, id: user.id, name: user.name.zh }
  } catch (error) {
    if (error instanceof AnswerError && error.status === 401) throw new SignedOut()
    return anonymous
  }
}

/** Which products, then what they look like and cost, prices in slices side by side. */
async function fillShelf(get: Get, city: string, { id, segment }: User) {
  const headers = id === undefined ? {} : { 'x-user-id': id }
  const recommended = get<PicksBody>('reco', `/recommend/${encodeURIComponent(city)}?size=10&seg=${segment}`, headers)
  const picks = await orElse(recommended, () => getBestsellers(get, city))
  const ids = picks.body.items.map((pick) => encodeURIComponent(pick.id))
  const slices: Promise<PricesBody>[] = []
  for (let from = 0; from < ids.length; from += sliceSize) {
    const path = `/prices?ids=${ids.slice(from, from + sliceSize).join('&ids=')}`
    slices.push(get<PricesBody>('pricing', path).catch(() => noPrices))
  }
  const [cards, ...prices] = await Promise.all([
    orElse<CardsBody>(get('catalog', `/cards?ids=${ids.join(',')}`), noItems),
    ...slices,
  ])
  return {
    products: showProducts(
      cards.body.items,
      prices.flatMap((slice) => slice.prices),
      picks.body.items,
    ),
    picksSource: picks.source,
    cardsSource: cards.source,
  }
}

function getBestsellers(get: Get, city: string): Promise<PicksBody> {
  return get<PicksBody>('catalog', `/bestsellers?size=10&city=${encodeURIComponent(city)}`).catch(() => noItems)
}

async function orElse<Body>(
  call: Promise<Body>,
  standIn: Body | (() => Promise<Body>),
  source: 'fallback' | 'skipped' = 'fallback',
): Promise<Part<Body>> {
  try {
    return { body: await call, source: 'live' }
  } catch {
    return { body: await (standIn instanceof Function ? standIn() : standIn), source }
  }
}
