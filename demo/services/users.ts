import { cityWords } from '../data/cities.ts'
import { expiredToken, userWords } from '../data/users.ts'
import { type DemoRequest, type DemoService, failure, found } from '../http/service.ts'
import { imageUrl } from '../world/names.ts'

/** Accounts and sessions. Tokens: `tok-mei` (vip), `tok-jun` and `tok-wei` (member), `tok-anna` (new), `tok-expired`. */
export const users: DemoService = {
  name: 'users',
  medianMs: 6,
  routes: {
    'GET /session': ({ headers }) => {
      const token = headers['x-session-token']
      if (token === undefined) return found({ segment: 'anonymous', user: null })
      if (token === expiredToken) return failure(401, 'session_expired', 'the session has run out')
      const user = userWords.find((one) => one.token === token)
      if (!user) return failure(401, 'session_unknown', 'no such session')
      return found({ segment: user.segment, user: profileOf(user), expires_in: 3600 })
    },
    'GET /users/{id}': (request) => ofUser(request, (user) => found(profileOf(user))),
    'GET /users/{id}/addresses': (request) => ofUser(request, (user) => found({ addresses: addressesOf(user) })),
    'GET /users/{id}/addresses/{address}': (request) =>
      ofUser(request, (user) => {
        const address = addressesOf(user).find((one) => one.id === request.params.address)
        return address ? found(address) : failure(404, 'address_not_found', 'no such address')
      }),
  },
}

type UserWords = (typeof userWords)[number]

function ofUser({ params }: DemoRequest, answer: (user: UserWords) => ReturnType<typeof found>) {
  const user = userWords.find((one) => one.id === params.id)
  return user ? answer(user) : failure(404, 'user_not_found', 'no such user')
}

function profileOf(user: UserWords) {
  return {
    id: user.id,
    name: { zh: user.zh, en: user.en },
    avatar: imageUrl('avatar', user.id),
    phone: user.phone,
    segment: user.segment,
    level: user.level,
    points: user.points,
    city: user.city,
    member_since: user.since,
  }
}

/** Two addresses in the user's city: `home` and `work`. */
function addressesOf(user: UserWords) {
  const city = cityWords.find((one) => one.id === user.city)!
  return ['home', 'work'].map((id, index) => {
    const [zh, en] = city.districts[index]!
    return {
      id,
      recipient: user.zh,
      phone: user.phone,
      city: { id: city.id, zh: city.zh, en: city.en },
      district: { zh, en },
      line: `${zh}梧桐路 ${12 + index} 号 ${index + 3}0${user.level} 室`,
    }
  })
}
