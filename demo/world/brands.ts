import { brandWords } from '../data/brands.ts'
import { cityWords } from '../data/cities.ts'
import { imageUrl, type Name } from './names.ts'
import { createRandom } from './random.ts'

export interface Brand {
  id: string
  name: Name
  logo: string
  country: string
  founded: number
  categories: readonly string[]
  followers: number
  rating: number
}

export interface Store {
  id: string
  brand_id: string
  name: Name
  city: string
  address: { district: Name; street: Name }
  geo: { lat: number; lng: number }
  hours: { opens: string; closes: string }
  phone: string
  services: string[]
}

const streets: readonly (readonly [zh: string, en: string])[] = [
  ['梧桐路', 'Wutong Road'],
  ['长乐里', 'Changle Lane'],
  ['滨江大道', 'Riverside Avenue'],
  ['书院街', 'Academy Street'],
  ['桂花巷', 'Osmanthus Alley'],
]

export const brands: readonly Brand[] = brandWords.map(([id, zh, en, categories, country, founded]) => {
  const random = createRandom(`brand ${id}`)
  return {
    id,
    name: { zh, en },
    logo: imageUrl('brand', id),
    country,
    founded,
    categories,
    followers: random.between(2_000, 900_000),
    rating: random.between(42, 50) / 10,
  }
})

/** Two or three stores of every brand in every city. */
export const stores: readonly Store[] = brands.flatMap((brand) =>
  cityWords.flatMap((city) => {
    const random = createRandom(`stores ${brand.id} ${city.id}`)
    return Array.from({ length: random.between(2, 3) }, (_, index): Store => {
      const [districtZh, districtEn] = random.pick(city.districts)
      const [streetZh, streetEn] = random.pick(streets)
      const number = random.between(1, 988)
      return {
        id: `s-${brand.id}-${city.id}-${index + 1}`,
        brand_id: brand.id,
        name: { zh: `${brand.name.zh}（${districtZh}店）`, en: `${brand.name.en} ${districtEn}` },
        city: city.id,
        address: {
          district: { zh: districtZh, en: districtEn },
          street: { zh: `${streetZh}${number}号`, en: `${number} ${streetEn}` },
        },
        geo: { lat: jitter(city.lat, random.next()), lng: jitter(city.lng, random.next()) },
        hours: { opens: random.pick(['08:00', '09:30', '10:00']), closes: random.pick(['21:00', '22:00', '23:30']) },
        phone: `400-${random.between(100, 999)}-${random.between(1000, 9999)}`,
        services: random.sample(['pickup', 'delivery', 'repair', 'gift-wrap', 'parking'], 2),
      }
    })
  }),
)

function jitter(degrees: number, share: number): number {
  return Number((degrees + (share - 0.5) * 0.12).toFixed(5))
}
