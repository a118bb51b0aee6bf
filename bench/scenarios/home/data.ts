/**
 * What the five backends answer and what the page must be. Both are told from the same entities, so the page is not a
 * mapping of the bodies, which could be wrong in the way the measured ones are. Every run gives the same bytes.
 */

import type { Bodies } from '../../harness/scenario.ts'
import { type Entity, imageHost, list, two, yuan } from './entity.ts'
import { describeProducts } from './products.ts'

/** Body of each backend's one answer, by service and path. */
export function describeBackends(): Bodies {
  return {
    users: {
      '/profile': { code: 0, message: 'ok', data: { user: profile.backend, session: { fresh: true, ttl_s: 1800 } } },
    },
    content: {
      '/home': {
        code: 0,
        message: 'ok',
        data: {
          version: 4711,
          banners: banners.map(({ backend }) => backend),
          channels: channels.map(({ backend }) => backend),
        },
      },
    },
    reco: {
      '/recommend': {
        request_id: 'r-20260401-000017',
        model: 'home-v12',
        items: products.map(({ backend }) => backend),
      },
    },
    pricing: { '/promotions': { promotions: promotions.map(({ backend }) => backend), total: promotions.length } },
    brands: { '/featured': { brands: brands.map(({ backend }) => backend), page: { number: 1, size: brands.length } } },
  }
}

/** The page that every measured server must answer. */
export function describePage(): unknown {
  return {
    city: 'hangzhou',
    user: profile.page,
    banners: banners.map(({ page }) => page),
    channels: channels.map(({ page }) => page),
    products: products.map(({ page }) => page),
    promotions: promotions.map(({ page }) => page),
    brands: brands.map(({ page }) => page),
  }
}

export const profile: Entity = {
  backend: {
    id: 'u-1001',
    name: { zh: '梅小雨', en: 'Mei Xiaoyu' },
    avatar: { url: `${imageHost}/avatar/u-1001.webp`, width: 256, height: 256 },
    level: { name: 'gold', number: 5, progress: 0.72, next: 'platinum' },
    points: { balance: 12840, expiring: 320, expires_at: '2026-12-31T23:59:59Z' },
    coupons: { usable: 7, expiring: 2 },
    inbox: { unread: 3, latest: 'Your order has been delivered' },
    segment: 'member',
    registered_at: '2019-05-04T08:12:45Z',
    phone: '138****2046',
    address: {
      id: 'home',
      city: 'hangzhou',
      district: '西湖区',
      line: '文三路 478 号',
      geo: { lat: 30.2741, lng: 120.1287 },
    },
    benefits: [
      {
        id: 'free-delivery',
        name: { zh: '免配送费', en: 'Free delivery' },
        left: 4,
        resets_at: '2026-05-01T00:00:00Z',
      },
      { id: 'birthday-gift', name: { zh: '生日礼', en: 'Birthday gift' }, left: 1, resets_at: '2027-01-01T00:00:00Z' },
      { id: 'priority-line', name: { zh: '专属客服', en: 'Priority line' }, left: null, resets_at: null },
    ],
    devices: [
      { kind: 'phone', os: 'ios', app: '8.4.1', seen_at: '2026-04-01T07:58:12Z' },
      { kind: 'tablet', os: 'android', app: '8.3.0', seen_at: '2026-03-28T21:10:44Z' },
    ],
    preferences: { language: 'zh-CN', currency: 'CNY', push: true, theme: 'auto' },
  },
  page: {
    id: 'u-1001',
    name: '梅小雨',
    avatar: `${imageHost}/avatar/u-1001.webp`,
    level: 'gold',
    points: 12840,
    coupons: 7,
    unread: 3,
    segment: 'member',
    district: '西湖区',
  },
}

const banners = list(4, (index) => {
  const id = `b-${100 + index}`
  const image = `${imageHost}/banner/${id}.webp`
  const link = `demo://campaign/spring-${index}`
  const title = { zh: `春日上新第${index + 1}波`, en: `Spring arrivals, wave ${index + 1}` }
  const background = `#3D5A8${index}`
  const ends = `2026-04-${two(10 + index)}T16:00:00Z`
  return {
    backend: {
      id,
      slot: index + 1,
      title,
      image: { url: image, width: 1125, height: 420, background },
      link: { type: 'campaign', url: link },
      tracking: { campaign: `spring-${index}`, bucket: index % 2 === 0 ? 'a' : 'b' },
      starts_at: `2026-03-${two(20 + index)}T16:00:00Z`,
      ends_at: ends,
    },
    page: {
      id,
      slot: index + 1,
      title: title.zh,
      titleEn: title.en,
      image,
      width: 1125,
      height: 420,
      background,
      link,
      campaign: `spring-${index}`,
      until: ends,
    },
  }
})

const channelNames = [
  ['外卖', 'Food'],
  ['超市', 'Market'],
  ['买药', 'Pharmacy'],
  ['水果', 'Fruit'],
  ['鲜花', 'Flowers'],
  ['咖啡', 'Coffee'],
  ['电影', 'Cinema'],
  ['酒店', 'Hotels'],
] as const

const channels = list(channelNames.length, (index) => {
  const [zh, en] = channelNames[index]!
  const id = `c-${en.toLowerCase()}`
  const icon = `${imageHost}/channel/${id}.webp`
  const link = `demo://channel/${en.toLowerCase()}`
  const badge = index % 3 === 0 ? { zh: '新', en: 'New', color: '#FF5A00' } : null
  return {
    backend: {
      id,
      position: index + 1,
      name: { zh, en },
      icon,
      link: { type: 'channel', url: link },
      badge,
      visible: true,
      min_app_version: '8.2.0',
    },
    page: { id, name: zh, nameEn: en, icon, link, ...(badge && { badge: badge.zh }) },
  }
})

const products = describeProducts(9)

const promotions = list(6, (index) => {
  const id = `pr-${300 + index}`
  const off = 500 + index * 250
  const threshold = 4900 + index * 2000
  const title = { zh: `满 ${threshold / 100} 减 ${off / 100}`, en: `${yuan(off)} off from ${yuan(threshold)}` }
  const icon = `${imageHost}/promotion/${id}.webp`
  const ends = `2026-04-${two(5 + index)}T16:00:00Z`
  return {
    backend: {
      id,
      kind: 'threshold',
      title,
      icon,
      rule: { threshold_cents: threshold, off_cents: off, stackable: index % 2 === 0 },
      coupon: `SPRING${off}`,
      segments: ['new', 'member'],
      ends_at: ends,
    },
    page: { id, title: title.zh, titleEn: title.en, icon, threshold, off, coupon: `SPRING${off}`, until: ends },
  }
})

const brands = list(6, (index) => {
  const id = `br-${index}`
  const name = { zh: `山谷${index}`, en: `Valley ${index}` }
  const logo = `${imageHost}/brand/${id}.webp`
  const rating = Number((4.9 - index / 10).toFixed(1))
  const followers = 88_000 - index * 7_350
  return {
    backend: {
      id,
      name,
      logo,
      story: { zh: '来自山谷的小农场，只做一件事。', en: 'A small farm in the valley that does one thing.' },
      country: 'CN',
      founded: 1998 + index,
      followers,
      rating,
      stores_nearby: 3 + index,
    },
    page: { id, name: name.zh, nameEn: name.en, logo, country: 'CN', rating, followers, stores: 3 + index },
  }
})
