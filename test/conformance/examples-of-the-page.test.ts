import { describe, expect, test } from '@jest/globals'
import { startStubbedGateway } from '../support/stubbed-gateway.ts'

/** The blocks of the language's page, as they stand there. */
const gateway = `
listen: \${env.PORT:-8080}
admin: { listen: 127.0.0.1:9900 }
routes: ../routes
services: ./services
dictionary: ./dictionary.yaml
defaults: { timeout: 1s, maxRequestBody: 1MB, maxResponseBody: 8MB }
trustedProxies: []
telemetry: { service: tessera, sampling: 1% }      # OTEL_* environment variables win
`
const dictionary = `
colors:
  user.id:       { type: string, description: Account id, sensitivity: pii }
  user.segment:  { type: string, enum: [anonymous, new, vip] }
  product.ids:   { type: array, items: { type: string } }
  payment.token: { type: string, sensitivity: secret }
`
/** What the other blocks use and the page's dictionary leaves out. */
const more = `
  geo.city: { type: string }
  product.list: { type: array, items: { type: object } }
  product.prices: { type: array, items: { type: object } }
  banner.list: { type: array }
  price.list: { type: array }
  cart.sum: { type: number }
  order.total: { type: number }
`
const service = `
service: reco
endpoints: [BACKEND]        # or [{ url: …, weight: 3, zone: a }]
balance: round-robin
timeout: 300ms                            # of one attempt; default for its operations
retry:   { attempts: 2, delay: 20ms, backoff: exponential, jitter: true, on: [unavailable, http-503] }
breaker: { errorRate: 50%, window: 10s, minCalls: 20, open: 5s }
headers: { authorization: $.request.headers.authorization }   # nothing of the client's request reaches a backend unless listed
operations:
  recommend:
    get: /recommend/{geo.city}            # or post, put, patch, delete, head; a placeholder is a color, percent-encoded as one segment
    in:  { user.segment: query.seg, user.id?: header.x-user-id }      # color: where it goes; ? = may be absent
    out: { product.list: $.items, product.ids: '$.items[*].id' }      # color: where it comes from
`
const other = `
service: content
endpoints: [{ url: BACKEND, weight: 3, zone: a }]
operations:
  banners: { get: /banners, out: { banner.list: $.banners } }
  prices: { get: '/prices', in: { product.ids: 'query.ids[,]' }, out: { product.prices: $.prices } }
`
const route = `
name: mobile-home                         # default: the file's name
match: GET /mobile/home                   # METHOD /path/{param}/*rest
summary: Homepage of the mobile app
timeout: 800ms                            # budget of the whole request: every attempt is cut to what is left of it
in: { user.id?: header.x-user-id, geo.city: { from: query.city, default: shanghai } }
do:
  - assign: { user.segment: anonymous }
  - flow: [ { invoke: content.prices }, { invoke: reco.recommend }, { invoke: content.banners } ]
response:
  status: 200
  headers: { cache-control: 'private, max-age=5' }
  body:
    banners: $.banner.list
    products: { $join: { left: $.product.list, right: $.product.prices, on: id, as: price } }
`

describe('the examples of the page', () => {
  test('make a gateway that answers as they say', async () => {
    const { ask, seen } = await startStubbedGateway(
      {
        gateway,
        dictionary: dictionary + more,
        'services/reco': service,
        'services/content': other,
        'routes/home': route,
      },
      {
        'GET /recommend/paris': { body: { items: [{ id: 'a' }, { id: 'b' }] } },
        'GET /banners': { body: { banners: [1] } },
        'GET /prices': { body: { prices: [{ id: 'b', amount: 2 }] } },
      },
      { env: { PORT: '0' } },
    )
    const answer = await ask('/mobile/home?city=paris', {
      headers: { 'x-user-id': 'u1', authorization: 'Bearer t', cookie: 'a=b' },
    })
    expect(answer.json).toEqual({
      banners: [1],
      products: [{ id: 'a' }, { id: 'b', price: { id: 'b', amount: 2 } }],
    })
    expect(answer.status).toBe(200)
    expect(answer.headers['cache-control']).toBe('private, max-age=5')
    expect(answer.headers['tessera-degraded']).toBeUndefined()
    const recommend = seen.find((request) => request.url.startsWith('/recommend'))!
    expect(recommend.url).toBe('/recommend/paris?seg=anonymous')
    expect(recommend.headers).toMatchObject({ 'x-user-id': 'u1', authorization: 'Bearer t' })
    expect(recommend.headers.cookie).toBeUndefined()
    expect(seen.find((request) => request.url.startsWith('/prices'))!.url).toBe('/prices?ids=a,b')
  })
})
