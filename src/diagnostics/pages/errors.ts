import type { knownErrors } from '../../errors.ts'
import type { Example, Page } from './page.ts'

/** Every error that the gateway itself raises; `http-<status>` stands for all of its kind. */
export type ErrorPageCode = keyof typeof knownErrors | 'http-<status>'

/** A route, and a test of it that shows what is answered. */
function tested(route: string, test: string): Example {
  return { 'routes/home.yaml': route, 'routes/home.test.yaml': test }
}

const banners = `match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`

const guarded = `match: GET /home
do:
  - invoke: content.banners
    fallback: { body: { items: [] } }
response:
  body: { banners: $.banner.list }
`

const withoutBanners = `expect: { status: 200, degraded: [banners], body: { banners: [] } }`

/** A test with one mock of the banners. */
function answering(mock: string, expectation: string): string {
  return `tests:
  - name: content fails
    request: { path: /home }
    mocks: { content.banners: ${mock} }
    ${expectation}
`
}

const contentWithBreaker = `service: content
endpoints: [http://127.0.0.1:9001]
breaker: { minCalls: 2, errorRate: 50%, open: 5s }
operations:
  banners: { get: /banners, out: { banner.list: $.items } }
`

/** The page of every error of a request. The wrong example is answered with it, the right one lives with the same failure. */
export const errorPages: Readonly<Record<ErrorPageCode, Page>> = {
  timeout: {
    why: 'A backend gave no complete answer within the timeout of the attempt, or the budget of the route was used up: every attempt is cut to what is left of it.',
    fix: 'Give what the page can do without a fallback, or make it `optional`. `tessera explain ROUTE` adds up how long the calls may take.',
    wrong: tested(banners, answering('{ delay: 5s }', 'expect: { status: 504, error: timeout }')),
    right: tested(guarded, answering('{ delay: 5s }', withoutBanners)),
  },
  unavailable: {
    why: 'No connection came about, or it broke before an answer: refused, reset, a name that does not resolve, a TLS handshake that failed.',
    fix: 'Look at the endpoints of the service. A retry helps against one endpoint that restarts, a fallback against all of them.',
    wrong: tested(banners, answering('{ fail: unavailable }', 'expect: { status: 502, error: unavailable }')),
    right: tested(guarded, answering('{ fail: unavailable }', withoutBanners)),
  },
  'http-<status>': {
    why: 'A backend answered with a status that is no success: `http-500`, `http-404`. `http-4xx` and `http-5xx` match all of a class. A name that the operation gives the status under `errors:` takes the place of this code, and a catch for `http-404` still matches it.',
    fix: 'Catch it, give a fallback, or name the status a success: `ok: [200-299, 404]`.',
    wrong: tested(banners, answering('{ status: 500 }', 'expect: { status: 502, error: http-500 }')),
    right: tested(
      `match: GET /home
do:
  - try:
      - invoke: content.banners
    catch:
      - errors: [http-5xx]
        do: [{ assign: { banner.list: [] } }]
response:
  body: { banners: $.banner.list }
`,
      answering('{ status: 500 }', 'expect: { status: 200, body: { banners: [] } }'),
    ),
  },
  'invalid-response': {
    why: 'A backend answered with a success, but what it sent cannot be used: no JSON, cut off, longer than `maxResponseBody`, nested too deeply; or, where a failure is provided for, nothing of what the operation gives.',
    fix: 'Look at the answer in the trace. A fallback covers it, and a cut answer is never kept as the last good one.',
    wrong: tested(banners, answering('{ fail: invalid-response }', 'expect: { status: 502, error: invalid-response }')),
    right: tested(guarded, answering('{ fail: invalid-response }', withoutBanners)),
  },
  'circuit-open': {
    why: 'So many calls of this operation failed lately that its breaker is open: for a while none is sent, so that the backend can recover and no request waits for it. The answer carries `Retry-After`.',
    fix: 'It closes by itself when a probe succeeds. Give the call a fallback; `breaker:` says when it opens and for how long.',
    wrong: {
      'config/services/content.yaml': contentWithBreaker,
      ...tested(
        banners,
        `tests:
  - name: content has failed too often
    requests:
      - request: { path: /home }
        repeat: 5
        mocks: { content.banners: { status: 500 } }
        expect: { status: 503, error: circuit-open }
`,
      ),
    },
    right: {
      'config/services/content.yaml': contentWithBreaker,
      ...tested(
        guarded,
        `tests:
  - name: content has failed too often, the page still comes
    requests:
      - request: { path: /home }
        repeat: 5
        mocks: { content.banners: { status: 500 } }
        ${withoutBanners}
`,
      ),
    },
  },
  overloaded: {
    why: 'There are more requests than can be carried: no connection to the backend became free, and the queue for one is full. Refusing at once is quicker for everybody than waiting. The answer carries `Retry-After`.',
    fix: 'More endpoints or a faster backend; until then a fallback keeps the page.',
    wrong: tested(banners, answering('{ fail: overloaded }', 'expect: { status: 503, error: overloaded }')),
    right: tested(guarded, answering('{ fail: overloaded }', withoutBanners)),
  },
  cancelled: {
    why: 'The call was given up because nobody waits for it any more: the client hung up, or a step beside it in a `parallel` failed. It is seen in traces and metrics; what is answered is the failure that led to it.',
    fix: 'Make what may fail `optional`, or give it a fallback: then the steps beside it go on.',
    wrong: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - parallel:
      - invoke: content.banners
      - invoke: users.profile
response:
  body: { banners: $.banner.list, name: $.user.name }
`,
      `tests:
  - name: content fails, so the profile is not waited for
    request: { path: /home, query: { user: u1 } }
    mocks: { content.banners: { status: 500 }, users.profile: { delay: 200ms, body: { name: Mei } } }
    expect: { status: 502, error: http-500, within: 100ms }
`,
    ),
    right: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - parallel:
      - { invoke: content.banners, optional: true }
      - invoke: users.profile
response:
  body: { banners: { $default: [$.banner.list, []] }, name: $.user.name }
`,
      `tests:
  - name: content fails, the profile still comes
    request: { path: /home, query: { user: u1 } }
    mocks: { content.banners: { status: 500 }, users.profile: { delay: 200ms, body: { name: Mei } } }
    expect: { status: 200, degraded: [banners], body: { banners: [], name: Mei } }
`,
    ),
  },
  'missing-input': {
    why: 'A call needs a color that was not there when its turn came. Loading makes sure that something gives it; here a backend answered without it.',
    fix: 'Give the call before a fallback that assigns the color, or let the operation do without: `user.segment?`.',
    wrong: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`,
      `tests:
  - name: users answers without a segment
    request: { path: /home, query: { user: u1 } }
    mocks: { users.segment: { body: {} } }
    expect: { status: 502, error: missing-input }
`,
    ),
    right: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
    fallback: { assign: { user.segment: anonymous } }
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`,
      `tests:
  - name: users answers without a segment
    request: { path: /home, query: { user: u1 } }
    mocks: { users.segment: { body: {} }, reco.recommend: { body: { items: [{ id: p1 }] } } }
    expect: { status: 200, degraded: [segment], body: { ids: [p1] } }
`,
    ),
  },
  'invalid-input': {
    why: 'The request does not fit: a value that is needed is missing, or one is not of its color’s type. The answer names every fault at once. A value that cannot stand where it goes (a dot segment in a path) is refused in the same way.',
    fix: 'It is for the client to mend. What may be absent is written with a `?`, or given a default.',
    wrong: tested(
      `match: GET /home
in: { geo.city: query.city }
response:
  body: { city: $.geo.city }
`,
      `tests:
  - name: no city
    request: { path: /home }
    expect: { status: 400, error: invalid-input }
`,
    ),
    right: tested(
      `match: GET /home
in: { geo.city: { from: query.city, default: paris } }
response:
  body: { city: $.geo.city }
`,
      `tests:
  - name: no city
    request: { path: /home }
    expect: { status: 200, body: { city: paris } }
`,
    ),
  },
  internal: {
    why: 'The gateway itself could not go on: an expression met data that it cannot compute with, or there is a bug. The log has the cause, the answer does not.',
    fix: 'Look for the trace id in the log. Computing with what may be anything belongs into a `try`.',
    wrong: tested(
      `match: GET /home
do:
  - invoke: content.banners
response:
  body: { twice: '\${ banner.list[0].clicks * 2.0 }' }
`,
      `tests:
  - name: content counts in words
    request: { path: /home }
    mocks: { content.banners: { body: { items: [{ clicks: many }] } } }
    expect: { status: 500, error: internal }
`,
    ),
    right: tested(
      `match: GET /home
do:
  - invoke: content.banners
  - try:
      - assign: { cart.total: '\${ banner.list[0].clicks * 2.0 }' }
    catch:
      - errors: [internal]
        do: [{ assign: { cart.total: 0 } }]
response:
  body: { twice: $.cart.total }
`,
      `tests:
  - name: content counts in words
    request: { path: /home }
    mocks: { content.banners: { body: { items: [{ clicks: many }] } } }
    expect: { status: 200, body: { twice: 0 } }
`,
    ),
  },
}
