import { describe, expect, test } from '@jest/globals'
import { complaintsAbout } from '../support/conformance/page.ts'

/** Steps as the page writes them, with the colors that they need from the request. */
const steps: Record<string, string> = {
  'assign with text and an expression': `[ { assign: { user.segment: anonymous, order.total: '\${ cart.sum * 1.06 }' } } ]`,
  'an invoke': '[ { invoke: reco.recommend } ]',
  'an inline invoke': `[ { invoke: { service: reco, get: '/x', in: { geo.city: query.c }, out: { product.list: $.x } } } ]`,
  'an inline invoke with everything':
    "[ { id: mine, invoke: { service: reco, post: '/x/{geo.city}?v=2', body: { a: $.cart.sum }, headers: { x-a: b }, ok: [200-299, 404], errors: { 409: taken }, out: { cart.sum: $.sum, order.total: header.x-total }, timeout: 100ms, breaker: {}, fallback: { body: { sum: 1 } } } } ]",
  'an invoke with all of its keys':
    '[ { id: r, when: cart.sum > 1, invoke: reco.recommend, with: { geo.city: paris }, timeout: 100ms, retry: { attempts: 2 }, breaker: { errorRate: 50% }, optional: true, fallback: { body: {} } } ]',
  'a fallback to a body': '[ { invoke: content.banners, fallback: { body: { banners: [] } } } ]',
  'a fallback to colors': '[ { invoke: content.banners, fallback: { assign: { banner.list: [] } } } ]',
  'a fallback to the last good answer': '[ { invoke: content.banners, fallback: { lastGood: 10m } } ]',
  'a fallback to another operation': '[ { invoke: content.banners, fallback: { invoke: content.promos } } ]',
  'a list of fallbacks':
    '[ { invoke: content.banners, fallback: [ { lastGood: 10m }, { invoke: content.promos }, { body: { banners: [] } } ] } ]',
  empty: '[ empty ]',
  'empty as a mapping': '[ { empty: } ]',
  'empty as a mapping with braces': '[ { empty: {} } ]',
  'empty with a condition': '[ { when: cart.sum > 1, empty: } ]',
  sequence: '[ { sequence: [ { invoke: content.banners }, empty ] } ]',
  parallel: '[ { parallel: [ { invoke: content.banners }, { invoke: reco.recommend } ] } ]',
  branch:
    "[ { branch: [ { when: user.segment == 'vip', do: [ { invoke: content.banners } ] }, { default: [ { invoke: content.promos } ] } ] } ]",
  'branch without a default': '[ { branch: [ { when: has(user.segment), do: [ { invoke: content.banners } ] } ] } ]',
  throw: '[ { when: cart.sum > 9, throw: { error: session-expired, status: 401, title: Please sign in again } } ]',
  'throw with its code only': '[ { when: cart.sum > 9, throw: { error: session-expired } } ]',
  'throw with a detail':
    "[ { when: cart.sum > 9, throw: { error: too-much, status: 422, title: 'No ${cart.sum}', detail: $.geo.city } } ]",
  'try and catch':
    '[ { try: [ { invoke: content.banners } ], catch: [ { errors: [timeout, http-5xx], do: [ { assign: { banner.list: [] } } ] }, { errors: [all], do: [ empty ] } ] } ]',
  'errors that are not a list':
    '[ { try: [ { invoke: content.banners } ], catch: [ { errors: all, do: [ { assign: { banner.list: [] } } ] } ] } ]',
  'retry on what is not a list': '[ { invoke: content.banners, retry: { on: timeout } } ]',
  flow: '[ { flow: [ { invoke: pricing.prices }, { invoke: reco.recommend } ] } ]',
  'forEach with everything':
    '[ { invoke: reco.recommend }, { forEach: { in: $.product.ids, as: product.ids, batch: 50, concurrency: 4 }, do: [ { invoke: pricing.prices } ], collect: { product.prices: $.price.list } } ]',
  'forEach with a list only':
    '[ { forEach: { in: [a, b] }, do: [ { invoke: reco.recommend, with: { geo.city: $.item } } ] } ]',
  'forEach with an expression':
    "[ { invoke: reco.recommend }, { forEach: { in: '${ product.list.filter(p, has(p.id)) }' }, do: [ empty ], collect: { product.ids: $.item.id } } ]",
  respond: '[ { when: cart.sum > 9, respond: { status: 404, headers: { x-a: $.geo.city }, body: { a: 1 } } } ]',
  'respond with its status only': '[ { when: cart.sum > 9, respond: { status: 404 } } ]',
  'when in ${ }': "[ { when: '${ cart.sum > 1 }', invoke: content.banners } ]",
  'when with true and false': '[ { when: true, invoke: content.banners }, { when: false, invoke: content.promos } ]',
  'an id and a condition on every kind': `
  - { id: a, when: cart.sum > 1, assign: { order.total: 1 } }
  - { id: b, when: cart.sum > 1, invoke: content.banners }
  - { id: c, when: cart.sum > 1, empty: }
  - { id: d, when: cart.sum > 1, sequence: [ empty ] }
  - { id: e, when: cart.sum > 1, parallel: [ empty ] }
  - { id: f, when: cart.sum > 1, branch: [ { default: [ empty ] } ] }
  - { id: g, when: cart.sum > 1, try: [ empty ], catch: [ { errors: [all], do: [ empty ] } ] }
  - { id: h, when: cart.sum > 1, flow: [ empty ] }
  - { id: i, when: cart.sum > 1, forEach: { in: [1] }, do: [ empty ] }
  - { id: j, when: cart.sum > 1, throw: { error: gone } }
  - { id: k, when: cart.sum > 1, respond: { status: 204 } }`,
  'no steps at all': '[]',
  'steps without anything in them': '[ { sequence: [] }, { parallel: [] }, { flow: [] } ]',
  'a record of a call': '[ { invoke: content.banners }, { when: \'steps.banners.source == "live"\', empty: } ]',
}

const inputs = `
in:
  user.id: header.x-user-id
  geo.city: { from: query.city, default: shanghai }
  user.segment: cookie.segment
  cart.sum: $.cart.sum`

describe('a step that loads without a word', () => {
  test.each(Object.entries(steps))('%s', (_, text) => {
    const route = `match: POST /home/{id}/*rest${inputs}\ndo: ${text}\nresponse: { body: { ok: true } }\n`
    expect(complaintsAbout(route)).toEqual([])
  })
})

const routes: Record<string, string> = {
  'with a catch at its top':
    'match: GET /\ndo: [ { invoke: content.banners } ]\ncatch: [ { errors: [all], do: [ { assign: { banner.list: [] } } ] } ]\nresponse: { body: $.banner.list }',
  'with a response only': 'match: GET /\nresponse: { status: 204 }',
  'with steps only': 'match: GET /\ndo: [ { invoke: content.banners } ]',
  'that passes through': 'match: GET /files/*rest\nproxy: reco',
  'that passes any method through': 'match: ANY /files/*rest\nproxy: reco\ntimeout: 3s\nsummary: files',
  'that passes through without naming a method': 'match: /files/*rest\nproxy: reco',
  'that passes through by a star': "match: '* /files/*rest'\nproxy: reco",
  'in lower case': 'match: get /\nresponse: { body: 1 }',
  'with every method': 'match: DELETE /x\nresponse: { body: 1 }',
  'with degradedMaxAge': 'match: GET /\ndegradedMaxAge: 5s\nresponse: { body: 1 }',
  'without colors':
    'match: GET /\ndo: [ { id: reco, invoke: { service: reco, get: /all } } ]\nresponse: { body: $.steps.reco.body.items }',
  'with all of the request':
    'match: POST /{id}\nresponse: { body: [ $.request.method, $.request.path, $.request.params.id, $.request.query.q, \'$.request.headers["x-a"]\', $.request.cookies.c, $.request.body, $.request.ip, $.request.id ] }',
  'with comments, anchors and a document marker':
    '# a route\n---\nmatch: GET /\nresponse:\n  headers: &h { x-a: b }\n  body: { copy: *h }\n',
}

describe('a route that loads without a word', () => {
  test.each(Object.entries(routes))('%s', (_, text) => {
    expect(complaintsAbout(text)).toEqual([])
  })
})

const gateways: Record<string, string> = {
  nothing: '',
  'an empty mapping': '{}',
  'a port': 'listen: 8080',
  'a port as text': "listen: '8080'",
  'an address': 'listen: 0.0.0.0:8080',
  'an address of IPv6': "listen: '[::1]:8080'",
  'a name': 'listen: localhost:8080',
  'sizes in bytes': 'defaults: { maxRequestBody: 1000, maxResponseBody: 64KB }',
  'trusted proxies': "trustedProxies: [loopback, 10.0.0.0/8, 'fc00::/7']",
  'half a share': 'telemetry: { sampling: 0.5% }',
}

describe('a gateway that loads without a word', () => {
  test.each(Object.entries(gateways))('%s', (_, gateway) => {
    expect(complaintsAbout('match: GET /\nresponse: { body: 1 }', { gateway })).toEqual([])
  })
})

const services: Record<string, string> = {
  'weights and zones': 'endpoints: [{ url: http://a, weight: 3, zone: a }, http://b/prefix]',
  'no operations': 'endpoints: [http://a]\noperations: {}',
  'every method':
    'endpoints: [http://a]\noperations: { a: { get: /a }, b: { post: /b }, c: { put: /c }, d: { patch: /d }, e: { delete: /e }, f: { head: /f } }',
  'every policy of its own':
    'endpoints: [http://a]\noperations: { a: { get: /a, timeout: 1s, retry: { attempts: 3, delay: 1ms, backoff: constant, jitter: false, on: [all] }, breaker: { errorRate: 10%, window: 1m, minCalls: 1, open: 1h }, headers: { x: y }, fallback: { body: 1 } } }',
  'a literal query': "endpoints: [http://a]\noperations: { a: { get: '/list?sort=new' } }",
  'every locator':
    "endpoints: [http://a]\noperations: { a: { post: '/{x}', in: { geo.city: path.x, product.ids: 'query.ids[,]', user.id: header.X-User, user.segment?: cookie.seg, cart.sum: $.a.b, order.total: '$.list[0].total' }, out: { user.name: header.x-name, cart.sum: status, product.ids: '$.ids[*]' } } }",
  'a body': 'endpoints: [http://a]\noperations: { a: { post: /a, body: { sum: $.cart.sum, list: [ $.geo.city ] } } }',
  'a status':
    'endpoints: [http://a]\noperations: { a: { get: /a, ok: 404 }, b: { get: /b, ok: 200-204 }, c: { get: /c, ok: [200, 404-410] } }',
}

describe('a service that loads without a word', () => {
  test.each(Object.entries(services))('%s', (_, text) => {
    expect(
      complaintsAbout('match: GET /\nresponse: { body: 1 }', { 'services/extra': `service: extra\n${text}` }),
    ).toEqual([])
  })
})
