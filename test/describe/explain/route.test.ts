import { describe, expect, test } from '@jest/globals'
import type { ExplainedStep } from '../../../src/describe/explain/outline.ts'
import { explainPassthrough, explainRoute } from '../../../src/describe/explain/route.ts'
import type { PassthroughRoute } from '../../../src/plan/snapshot.ts'
import { loadProject, type ProjectFiles, world } from '../../support/project.ts'
import { loadRoute } from '../../support/route.ts'

function explain(text: string, files: ProjectFiles = {}) {
  const { route, snapshot } = loadRoute(text, files)
  return explainRoute(route, snapshot)
}

function stepsOf(text: string, files: ProjectFiles = {}): ExplainedStep[] {
  return explain(text, files).outline.flatMap(({ step }) => step ?? [])
}

describe('the effective route', () => {
  test('tells which producer feeds each input, with its place', () => {
    const [profile, recommend] = stepsOf(`
in: { user.id: query.u, geo.city: { from: query.c, default: paris } }
do:
  - invoke: user.profile
  - invoke: reco.recommend
response: { body: $.product.list }`)
    const request = { step: 'request', part: 'query.u', at: 'routes/home.yaml:3' }
    expect(profile!.inputs).toEqual([
      {
        to: 'path.user.id',
        insteadOf: undefined,
        optional: false,
        values: [{ what: 'user.id', from: [request] }],
        sensitivity: 'pii',
      },
    ])
    expect(recommend!.inputs.map(({ to, values, optional }) => [to, optional, values[0]!.from[0]!])).toEqual([
      ['query.seg', false, { step: 'profile', part: undefined, at: 'routes/home.yaml:5' }],
      ['header.x-user-id', true, request],
      ['path.geo.city', false, { step: 'request', part: 'query.c', at: 'routes/home.yaml:3' }],
    ])
  })

  test('tells which bodies are passed on without being parsed', () => {
    const calls =
      'in: { geo.city: query.c }\ndo: [ { parallel: [ { invoke: content.banners }, { invoke: content.prices, with: { product.ids: [] } } ] }'
    const kept = (text: string) => stepsOf(calls + text).map(({ policies }) => policies?.keepsBytes)
    const body = 'response: { body: { b: $.banner.list, p: $.price.list } }'
    expect(kept(` ]\n${body}`)).toEqual([true, true])
    expect(kept(`, { when: has(price.list), empty: } ]\n${body}`)).toEqual([true, false, undefined])
  })

  test('tells what stands in for the wiring', () => {
    const [prices] = stepsOf(`
in: { geo.city: query.c }
do: [ { invoke: content.prices, with: { product.ids: [$.geo.city] } } ]
response: { body: $.price.list }`)
    expect(prices!.inputs).toMatchObject([
      { to: 'query.ids', insteadOf: 'product.ids', values: [{ what: 'geo.city' }] },
    ])
  })

  test('tells for every policy who says so: the step, the operation, the service, the gateway, nobody', () => {
    const files: ProjectFiles = {
      'services/shop': `service: shop
endpoints: [http://127.0.0.1:9]
breaker: { minCalls: 5 }
operations:
  cheap: { get: /c, out: { banner.list: $ } }
  dear:
    get: /d
    timeout: 300ms
    retry: { attempts: 2 }
    fallback: { lastGood: 1h }
    out: { price.list: $ }
`,
    }
    const text = `
do:
  - { invoke: shop.cheap, timeout: 200ms }
  - invoke: shop.dear
  - { id: other, invoke: shop.cheap }
response: { body: [$.banner.list, $.price.list] }`
    const [cheap, dear, other] = stepsOf(text, files).map((step) => step.policies!)
    expect(cheap!.around).toMatchObject([
      { name: 'breaker', by: 'service', at: 'services/shop.yaml:3' },
      { name: 'timeout', policy: 200, summary: '200ms', by: 'step', at: 'routes/home.yaml:4' },
    ])
    expect(dear!.around).toMatchObject([
      { name: 'retry', by: 'operation', at: 'services/shop.yaml:9', policy: { attempts: 2 } },
      { name: 'breaker' },
      { name: 'timeout', policy: 300, by: 'operation', at: 'services/shop.yaml:8' },
    ])
    expect(dear!.fallbacks).toEqual([{ summary: 'last good answer, up to 1h old', at: 'services/shop.yaml:10' }])
    expect(other!.around.at(-1)).toMatchObject({ policy: 1000, by: 'built-in', at: undefined })
    const [, , configured] = stepsOf(text, { ...files, gateway: 'defaults:\n  timeout: 700ms\n' }).map(
      (step) => step.policies!,
    )
    expect(configured!.around.at(-1)).toMatchObject({ policy: 700, by: 'gateway', at: 'gateway.yaml:2' })
  })

  test('tells how the endpoints of a service are found, chosen and looked after, where it says so', () => {
    const files: ProjectFiles = {
      gateway: 'zone: west',
      'services/shop': `service: shop
discover: { consul: { service: shop, token: s3cret } }
balance: { kind: consistent-hash, on: user.id }
health: { get: /healthz }
outlier: {}
failover: fast-retry
slowStart: 30s
operations: { cheap: { get: /c, out: { banner.list: $ } } }`,
    }
    const route = 'in: { user.id: header.x-user-id }\ndo: [ { invoke: shop.cheap } ]\nresponse: { body: $.banner.list }'
    expect(stepsOf(route, files)[0]!.policies!.endpoints).toEqual([
      'consul shop at http://127.0.0.1:8500',
      'consistent-hash on user.id',
      'zone west first',
      'health /healthz every 5s',
      'rests after 5 failures for 10s',
      'failover fast-retry',
      'slow start 30s',
    ])
    expect(JSON.stringify(explain(route, files))).not.toContain('s3cret')
    const plain = 'do: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }'
    expect(stepsOf(plain)[0]!.policies!.endpoints).toEqual([])
  })

  test('tells that a service’s retry does not hold for what must not be repeated', () => {
    const shop =
      'service: shop\nendpoints: [http://127.0.0.1:9]\nretry: { attempts: 3 }\noperations:\n  buy: { post: /b, out: { order.total: $.sum } }\n  ask: { get: /b }\n'
    const [buy] = stepsOf('do: [ { invoke: shop.buy } ]\nresponse: { body: $.order.total }', { 'services/shop': shop })
    expect(buy!.policies!.around[0]).toEqual({
      name: 'retry',
      policy: undefined,
      summary: 'none: this method is not repeated',
      by: 'service',
      at: 'services/shop.yaml:3',
    })
  })

  test('lays out branches, catches and conditions as headings', () => {
    const { outline } = explain(`
in: { geo.city: query.c }
do:
  - branch: [ { when: geo.city == 'a', do: [ empty ] }, { default: [ empty ] } ]
  - parallel: [ { invoke: content.banners }, { when: geo.city == 'b', assign: { cart.sum: 1 } } ]
catch: [ { errors: [timeout], do: [ { respond: { status: 503 } } ] } ]
response: { body: [$.banner.list, $.cart.sum] }`)
    const lines = outline.map(({ depth, heading, step }) => `${'  '.repeat(depth)}${heading ?? step!.title}`)
    expect(lines).toEqual([
      'try',
      "  if geo.city == 'a'",
      '    empty',
      '  otherwise',
      '    empty',
      '  parallel',
      '    content.banners',
      "    when geo.city == 'b'",
      '      assign',
      'catch timeout',
      '  respond 503',
    ])
  })

  test('tells where the budget comes from, and cuts the worst case to it', () => {
    const own = explain('timeout: 300ms\ndo: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }')
    expect(own.budget).toEqual({ ms: 300, by: 'route', at: 'routes/home.yaml:2' })
    expect(own.latency).toMatchObject({ ms: 1000, cutMs: 300 })
    expect(explain('response: { body: 1 }').budget).toEqual({ ms: 1000, by: 'built-in', at: undefined })
  })

  test('tells what is forwarded to whom, and which of it is pii or secret, by whatever name', () => {
    const { forwards } = explain(
      `
in: { user.id: query.u, geo.city: query.c, payment.token: $.token }
do:
  - assign: { user.segment: $.user.id }
  - invoke: reco.recommend
  - invoke: shop.log
response: { body: $.product.list }`,
      {
        'services/shop': `service: shop
endpoints: [http://127.0.0.1:9]
headers: { authorization: $.request.headers.authorization }
operations:
  log: { post: /log, body: { city: $.geo.city, token: $.payment.token }, headers: { x-fixed: yes } }
`,
      },
    )
    const pii = { color: 'user.id', sensitivity: 'pii' }
    expect(forwards).toEqual([
      {
        service: 'reco',
        budgetHeader: 'x-envoy-expected-rq-timeout-ms',
        operations: [
          {
            operation: 'reco.recommend',
            template: 'GET /recommend/{geo.city}',
            parts: [
              { to: 'query.seg', from: ['user.segment'], sensitive: [pii] },
              { to: 'header.x-user-id', from: ['user.id'], sensitive: [pii] },
              { to: 'path.geo.city', from: ['geo.city'], sensitive: [] },
            ],
          },
        ],
      },
      {
        service: 'shop',
        budgetHeader: 'x-envoy-expected-rq-timeout-ms',
        operations: [
          {
            operation: 'shop.log',
            template: 'POST /log',
            parts: [
              { to: 'header.authorization', from: ['request.headers.authorization'], sensitive: [] },
              { to: 'header.x-fixed', from: [], sensitive: [] },
              {
                to: 'body',
                from: ['geo.city', 'payment.token'],
                sensitive: [{ color: 'payment.token', sensitivity: 'secret' }],
              },
            ],
          },
        ],
      },
    ])
  })

  test('counts what a fallback sends as forwarded, too', () => {
    const { forwards } = explain(`
in: { user.id: query.u }
do: [ { invoke: content.banners, fallback: { invoke: user.profile } } ]
response: { body: [$.banner.list, $.user.segment] }`)
    expect(forwards.map(({ service }) => service)).toEqual(['content', 'user'])
  })

  test('of a passthrough names its service and how long it waits', () => {
    const { routes } = loadProject({ ...world, 'routes/all': 'match: ANY /all/*rest\nproxy: content\ntimeout: 2s\n' })
    expect(explainPassthrough(routes[0] as PassthroughRoute)).toMatchObject({ service: 'content', timeoutMs: 2000 })
  })

  test('of a passthrough names what stands before it, and before its service', () => {
    const { routes } = loadProject({
      ...world,
      'services/shop':
        'service: shop\nendpoints: [http://a.test]\nbulkhead: { concurrent: 5 }\nlimit: { rate: 2/s }\noperations: {}\n',
      'routes/all': 'match: ANY /all/*rest\nproxy: shop\nbulkhead: { concurrent: 9 }\n',
    })
    expect(explainPassthrough(routes[0] as PassthroughRoute).admission).toEqual([
      '9 requests at once',
      'shop’s, with its calls: 2/s, 2 at once, waits up to 100ms',
      'shop’s, with its calls: 5 calls at once',
    ])
  })
})

test('says whose pages read a route, and what follows for them', () => {
  const gateway = "cors: { origins: ['https://app.example.com'], credentials: true, maxAge: 10m }"
  const browsersOf = (text: string) => explain(text, { gateway }).browsers
  const response = '\nresponse: { body: $.geo.city }'
  expect(browsersOf(`in: { geo.city: header.x-city }${response}`)).toEqual([
    'read by pages of https://app.example.com, with credentials, which may set x-city, remembered 10m',
  ])
  expect(browsersOf(`cors: { origins: ['*'], methods: [PUT] }\nin: { geo.city: query.c }${response}`)).toEqual([
    'read by pages of any origin, without credentials, which may set no header, and use PUT',
  ])
  expect(browsersOf(`cors: false\nin: { geo.city: query.c }${response}`)).toEqual(['read by no page of another origin'])
  expect(explain(`compress: true\nin: { geo.city: query.c }${response}`).browsers).toEqual([
    'compressed from 1024 bytes on, by br, zstd, gzip',
  ])
  expect(explain(`in: { geo.city: query.c }${response}`).browsers).toEqual([])
})

test('says how long a run may take, its client is kept, and what of it stays', () => {
  const gateway = 'stores: { durable: ./data }'
  const durableOf = (text: string) => explain(`${text}\nresponse: { body: well }`, { gateway }).durable
  expect(durableOf('durable: true')).toBe(
    'each run is recorded, and ends within 30d, its client is kept 3s, then told 202, its answer is kept 7d',
  )
  expect(durableOf('durable: { timeout: 1h, keep: all }\nreply: { within: 500ms }')).toBe(
    'each run is recorded, and ends within 1h, its client is kept 500ms, then told 202, all of it is kept 7d',
  )
  expect(durableOf('summary: plain')).toBeUndefined()
})
