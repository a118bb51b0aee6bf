import { cityWords } from '../data/cities.ts'
import { bannerPhrases, channelPhrases } from '../data/phrases.ts'
import { type DemoAnswer, type DemoRequest, type DemoService, failure, found } from '../http/service.ts'
import { imageUrl } from '../world/names.ts'
import { createRandom } from '../world/random.ts'

const bannersShown = 4

/** What editors place on the page: banners and the grid of channels (金刚区), by city. Bodies are wrapped in `data`. */
export const content: DemoService = {
  name: 'content',
  medianMs: 8,
  routes: {
    'GET /banners': (request) =>
      inCity(request, (city) => ({
        banners: createRandom(`banners ${city}`)
          .sample(bannerPhrases, bannersShown)
          .map(([id, zh, en, color], index) => ({
            id: `b-${id}`,
            slot: index + 1,
            title: { zh, en },
            image: { url: imageUrl('banner', city, id), width: 1125, height: 420, background: color },
            link: { type: 'page', url: `demo://campaign/${id}` },
            tracking: { campaign: `2026-${id}`, bucket: 'A' },
            ends_at: '2026-12-31T23:59:59+08:00',
          })),
      })),
    'GET /channels': (request) =>
      inCity(request, (city) => {
        const random = createRandom(`channels ${city}`)
        return {
          channels: channelPhrases.map(([id, zh, en], index) => ({
            id: `c-${id}`,
            position: index + 1,
            name: { zh, en },
            icon: imageUrl('channel', id),
            link: { type: 'channel', url: `demo://channel/${id}` },
            badge: random.next() < 0.3 ? { zh: '新', en: 'New' } : null,
          })),
        }
      }),
    'GET /cities': () =>
      found({
        data: { cities: cityWords.map(({ id, zh, en, lat, lng }) => ({ id, name: { zh, en }, geo: { lat, lng } })) },
      }),
  },
}

function inCity({ query }: DemoRequest, answer: (city: string) => object): DemoAnswer {
  const city = query.get('city') ?? ''
  if (!cityWords.some((one) => one.id === city)) return failure(404, 'city_unknown', 'no content for this city')
  return found({ data: { city, ...answer(city) } })
}
