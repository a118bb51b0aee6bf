import { type Example, type Page, tested } from './page.ts'

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

/** The banners by GraphQL, and a test of what is answered then. */
function queried(keys: string, answer: string, expectation: string): Example {
  return {
    ...tested(banners, answering(`{ body: ${answer} }`, expectation)),
    'config/services/content.yaml': `service: content
endpoints: [http://127.0.0.1:9001]
operations:
  banners: { graphql: '{ banners { id } }', ${keys}out: { banner.list: $.banners } }
`,
  }
}

/** Errors of one backend. */
export const backendErrorPages = {
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
  'graphql-error': {
    why: 'A GraphQL service answered with `errors`, by a 200 as most do, or by a 4xx of its own media type. `error.body` of a catch has what it said.',
    fix: 'Catch it or give a fallback, as for any failure. Where a page can do with part of the data, say `partial: true`: then it is one only when there is no data at all.',
    wrong: queried(
      '',
      '{ data: { banners: null }, errors: [{ message: no }] }',
      'expect: { status: 502, error: graphql-error }',
    ),
    right: queried(
      'partial: true, ',
      '{ data: { banners: [] }, errors: [{ message: no }] }',
      'expect: { status: 200, body: { banners: [] } }',
    ),
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
    why: 'There are more requests than can be carried: no connection to the backend became free in time for an answer, or 1,024 calls wait for one already. Refusing is quicker for everybody than waiting in vain. The answer carries `Retry-After`.',
    fix: 'More endpoints or a faster backend; until then a fallback keeps the page.',
    wrong: tested(banners, answering('{ fail: overloaded }', 'expect: { status: 503, error: overloaded }')),
    right: tested(guarded, answering('{ fail: overloaded }', withoutBanners)),
  },
  'out-of-sockets': {
    why: 'The gateway’s own machine refused to open a connection: no file descriptor, local port or memory was left (`EMFILE`, `ENFILE`, `EADDRNOTAVAIL`, `ENOBUFS`, `ENOMEM`). The backend was not asked, so nothing is held against it: no breaker opens and no endpoint rests. The answer carries `Retry-After`.',
    fix: 'Raise the limit of open files (`ulimit -n`, `LimitNOFILE`) or the range of local ports, or bound what is open at once: `connections` of a service, a `bulkhead`.',
    wrong: tested(banners, answering('{ fail: out-of-sockets }', 'expect: { status: 503, error: out-of-sockets }')),
    right: tested(guarded, answering('{ fail: out-of-sockets }', withoutBanners)),
  },
  'credentials-unavailable': {
    why: 'The service is shown a token (`auth` of the service), and the server that gives tokens out gave none: it is down, too slow, or refuses the gateway. The service was not asked, so nothing is held against it: no breaker opens and no endpoint rests. The answer carries `Retry-After`.',
    fix: 'Look at the log: it names the server, and what it answered (`invalid_client`: the id or the secret is wrong). It is asked again a second later.',
    wrong: tested(
      banners,
      answering('{ fail: credentials-unavailable }', 'expect: { status: 503, error: credentials-unavailable }'),
    ),
    right: tested(guarded, answering('{ fail: credentials-unavailable }', withoutBanners)),
  },
} satisfies Record<string, Page>
