import { conditionedRoutes } from './conditioned-routes.ts'

/** Correct routes of many styles: loading says nothing about them, not even a warning. */
export const correctRoutes: Record<string, string> = {
  'without colors, by records alone': `
match: GET /plain/{id}
do:
  - id: user
    invoke: { service: user, get: '/users/me', headers: { authorization: $.request.headers.authorization } }
  - parallel:
      - id: orders
        invoke: { service: user, get: '/orders?size=5', ok: [200, 404] }
        optional: true
      - id: wishes
        when: steps.user.body.plan == 'gold'
        invoke: { service: user, get: /wishes }
        fallback: { body: { items: [] } }
response:
  body:
    name: $.steps.user.body.name
    id: $.request.params.id
    orders: '$.steps.orders.body.items[*].id'
    wishes: { $default: [ $.steps.wishes.body.items, [] ] }
    slow: '\${ steps.user.ms > 100.0 }'
    cached: '\${ steps.orders.source != "live" }'
`,
  'a deep flow': `
match: GET /flow
in: { user.id: header.x-user-id, geo.city: { from: query.city, default: shanghai } }
do:
  - flow:
      - forEach: { in: $.product.ids, as: product.ids, batch: 20 }
        do: [ { invoke: pricing.prices } ]
        collect: { product.prices: $.price.list }
      - invoke: reco.recommend
      - invoke: user.profile
      - branch:
          - when: user.segment == 'vip'
            do: [ { invoke: content.promos } ]
          - default: [ { invoke: content.banners } ]
response:
  body:
    banners: $.banner.list
    user: $.user.name
    products: { $join: { left: $.product.list, right: $.product.prices, on: id, as: price } }
`,
  'nested parallels, branches and loops': `
match: GET /nested
in: { user.id: header.x-user-id, geo.city: query.city }
do:
  - invoke: user.profile
  - parallel:
      - sequence:
          - invoke: reco.recommend
          - forEach: { in: $.product.list, concurrency: 2 }
            do:
              - branch:
                  - when: has(item.id) && item.id.startsWith('x')
                    do: [ { assign: { cart.sum: 1 } } ]
                  - default:
                      - parallel:
                          - { id: price, invoke: { service: pricing, get: /one, headers: { x-id: $.item.id }, out: { cart.sum: $.amount } } }
                          - empty
            collect: { product.prices: { id: $.item.id, amount: $.cart.sum } }
      - branch:
          - when: user.segment in ['new', 'vip']
            do: [ { invoke: content.promos } ]
          - default: [ { parallel: [ { invoke: content.banners } ] } ]
response:
  body: { user: $.user.name, products: $.product.prices, banners: $.banner.list }
`,
  'try and catch around a call with retries': `
match: GET /caught
timeout: 2s
in: { user.id: header.x-user-id, geo.city: query.city }
do:
  - try:
      - invoke: user.profile
        timeout: 200ms
        retry: { attempts: 3, delay: 10ms, on: [timeout, unavailable, http-5xx] }
    catch:
      - errors: [user-missing]
        do: [ { throw: { error: session-expired, status: 401, title: Please sign in again } } ]
      - errors: [timeout, circuit-open, http-5xx]
        do: [ { assign: { user.segment: anonymous, user.name: '' } } ]
  - invoke: reco.recommend
catch:
  - errors: [session-expired]
    do: [ { respond: { status: 401, body: { title: $.error.title, was: '\${ error.code }' } } } ]
  - errors: [all]
    do: [ { assign: { product.list: [] } } ]
response: { body: { products: $.product.list } }
`,
  'a chain of optional calls': `
match: GET /chain
in: { user.id?: header.x-user-id, geo.city: { from: query.city, default: shanghai } }
do:
  - when: has(user.id)
    invoke: user.profile
    optional: true
  - when: '!has(user.segment)'
    assign: { user.segment: anonymous }
  - invoke: reco.recommend
    optional: true
  - when: has(product.ids)
    invoke: pricing.prices
    optional: true
response:
  body:
    hello: 'Hello \${ user.?name.orValue("stranger") }'
    products: { $default: [ $.product.list, [] ] }
    prices: '\${ has(price.list) ? price.list : [] }'
`,
  'arms that all produce': `
match: GET /arms
in: { user.id?: header.x-user-id, geo.city: query.city }
do:
  - branch:
      - when: has(user.id)
        do: [ { invoke: user.profile } ]
      - when: geo.city == 'paris'
        do: [ { assign: { user.segment: new } } ]
      - default: [ { assign: { user.segment: anonymous } } ]
  - invoke: reco.recommend
response: { body: $.product.list }
`,
  'an arm that ends the route': `
match: GET /ends
in: { user.id?: header.x-user-id, geo.city: query.city }
do:
  - branch:
      - when: '!has(user.id)'
        do: [ { respond: { status: 401, body: { message: Who are you? } } } ]
  - invoke: user.profile
  - when: user.segment == 'anonymous'
    throw: { error: not-allowed, status: 403 }
  - invoke: reco.recommend
response: { body: { user: $.user.id, products: $.product.list } }
`,
  'a step passed by ends the route otherwise': `
match: GET /guard
in: { user.id?: header.x-user-id }
do:
  - when: '!has(user.id)'
    respond: { status: 401 }
  - invoke: user.profile
response: { body: $.user.name }
`,
  'a condition that asks for more': `
match: GET /and
in: { user.id?: header.x-user-id, cart.sum?: query.sum }
do:
  - when: has(user.id) && has(cart.sum) && cart.sum > 10
    sequence:
      - invoke: user.profile
      - invoke: { service: pricing, post: /discount, in: { user.id: $.user, cart.sum: $.sum }, out: { order.total: $.total } }
  - when: user.id != null
    id: again
    invoke: user.profile
response: { body: { total: { $default: [ $.order.total, $.cart.sum, 0 ] }, name: $.user.name } }
`,
  'a fallback for each output': `
match: GET /fallbacks
degradedMaxAge: 5s
in: { geo.city: query.city }
do:
  - assign: { user.segment: anonymous }
  - invoke: reco.recommend
    fallback:
      - { lastGood: 10m }
      - { invoke: reco.popular }
      - { assign: { product.list: [], product.ids: [] } }
  - invoke: pricing.prices
    fallback: { body: { prices: [] } }
  - invoke: content.banners
    fallback: { assign: { banner.list: [ { id: house } ] } }
response:
  headers: { cache-control: 'private, max-age=60', x-city: $.geo.city }
  body: { list: $.product.list, prices: $.price.list, banners: $.banner.list }
`,
  'a checkout': `
match: POST /checkout
timeout: 3s
in:
  user.id: cookie.session
  cart.sum: $.sum
  product.ids: '$.items[*].id'
do:
  - when: size(product.ids) == 0
    throw: { error: empty-cart, status: 422, title: The cart is empty }
  - id: pay
    invoke:
      service: pricing
      post: /payments
      headers: { idempotency-key: '\${ user.id + "-" + request.id }' }
      body: { user: $.user.id, sum: '\${ cart.sum * 1.06 }', items: $.product.ids }
      out: { payment.token: $.token, order.total: $.charged }
      errors: { 402: payment-declined }
      retry: { attempts: 2 }
  - id: order
    invoke: { service: pricing, put: '/orders/{user.id}', in: { payment.token: $.token, order.total: $.total }, ok: [200, 201] }
catch:
  - errors: [payment-declined]
    do: [ { respond: { status: 402, body: { reason: $.error.body.reason } } } ]
response:
  status: 201
  headers: { location: '/orders/\${ steps.order.body.id }' }
  body: { total: $.order.total }
`,
  'values written twice, one after the other': `
match: GET /twice
in: { user.id: query.u }
do:
  - assign: { user.segment: anonymous }
  - { invoke: user.profile, optional: true }
  - when: user.segment == 'vip'
    assign: { user.name: '\${ "Dear " + user.?name.orValue("guest") }' }
response: { body: { segment: $.user.segment, name: $.user.name } }
`,
  'a catch that names every way to fail': `
match: GET /ways
do:
  - try: [ { invoke: content.banners } ]
    catch:
      - errors: [timeout, unavailable, circuit-open, overloaded, invalid-response, missing-input, http-404, http-4xx, http-5xx, http-503]
        do: [ { assign: { banner.list: [] } } ]
response: { body: $.banner.list }
`,
  'all of the context': `
match: GET /debug
do: [ { invoke: content.banners } ]
response: { body: { all: $, steps: $.steps, banner: $.banner } }
`,
  ...conditionedRoutes,
}
