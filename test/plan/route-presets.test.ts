import { describe, expect, test } from '@jest/globals'
import { explainPassthrough, explainRoute } from '../../src/describe/explain/route.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, world } from '../support/project.ts'

const files = (gateway: string, route: string, more: ProjectFiles = {}): ProjectFiles => ({
  ...world,
  gateway,
  'services/files': 'service: files\nendpoints: [http://127.0.0.1:9]',
  'routes/home': route,
  ...more,
})

const home = (keys = '') => `match: GET /home
do: [ { invoke: content.banners } ]
response: { body: $.banner.list }
${keys}`
const order = (keys = '') => `match: POST /orders\nresponse: { body: done }\n${keys}`
const passed = (keys = '') => `match: GET /files/*rest\nproxy: files\n${keys}`

function load(gateway: string, route: string, more?: ProjectFiles) {
  const { snapshot, diagnostics } = buildSnapshot(projectTexts(files(gateway, route, more)))
  if (!snapshot) throw new Error(diagnostics.map(describeDiagnostic).join('\n'))
  return snapshot
}

const faults = (gateway: string, route: string, more?: ProjectFiles) =>
  buildSnapshot(projectTexts(files(gateway, route, more))).diagnostics.map(describeDiagnostic)

/** What is said of the route, by whom. */
function said(gateway: string, route: string): Record<string, string> {
  const snapshot = load(gateway, route)
  const found = snapshot.routes[0]!
  const { settings } = found.kind === 'passthrough' ? explainPassthrough(found) : explainRoute(found, snapshot)
  return Object.fromEntries(
    settings.map(({ key, not, by, at }) => [key, `${by} ${at}${not === undefined ? '' : `: ${not}`}`]),
  )
}

const gateway = `presets:
  strict:
    route: { timeout: 300ms, limit: { rate: 5/s, by: request.ip }, headers: { X-A: strict, x-b: strict } }
  slow:
    route: { timeout: 3s, headers: { x-b: slow } }
defaults:
  timeout: 2s
  maxWork: 1M
  route: { timeout: 900ms, etag: true, bulkhead: { concurrent: 4 }, headers: { x-c: all, x-d: all } }
`

describe('what is said once of routes', () => {
  test('holds for whoever uses it, the later before the earlier, headers by their names', () => {
    const snapshot = load(gateway, home('use: [strict, slow]\nheaders: { x-d: own }'))
    const [route] = snapshot.routes
    expect(route).toMatchObject({
      timeoutMs: 3000,
      maxWork: 1_000_000,
      caching: { etag: true },
      headers: { onSuccess: { 'x-a': 'strict', 'x-b': 'slow', 'x-c': 'all', 'x-d': 'own' } },
      admission: { limits: [{ policy: { perSecond: 5 } }], bulkhead: { policy: { concurrent: 4 } } },
    })
  })

  test('gives way to the nearer: the route, what it uses, the defaults of routes, the defaults', () => {
    const timeoutOf = (text: string, keys: string) => load(text, home(keys)).routes[0]!.timeoutMs
    expect(timeoutOf(gateway, 'use: strict\ntimeout: 20ms')).toBe(20)
    expect(timeoutOf(gateway, 'use: strict')).toBe(300)
    expect(timeoutOf(gateway, 'use: slow')).toBe(3000)
    expect(timeoutOf(gateway, '')).toBe(900)
    expect(timeoutOf('defaults: { timeout: 2s }', '')).toBe(2000)
  })

  test('is told with the place where it stands', () => {
    expect(said(gateway, home('use: [strict, slow]\nlimit: false\nheaders: { x-d: own }'))).toEqual({
      timeout: 'preset gateway.yaml:5',
      limit: 'route routes/home.yaml:5: taken back',
      bulkhead: 'gateway gateway.yaml:9',
      maxWork: 'gateway gateway.yaml:8',
      etag: 'gateway gateway.yaml:9',
      'headers.x-d': 'route routes/home.yaml:6',
      'headers.x-b': 'preset gateway.yaml:5',
      'headers.x-a': 'preset gateway.yaml:3',
      'headers.x-c': 'gateway gateway.yaml:9',
    })
  })

  test('is taken back by `false`', () => {
    const all = 'cache: { ttl: 1m }, limit: { rate: 1/s }, bulkhead: { concurrent: 1 }, degradedMaxAge: 1s, etag: true'
    const off = 'cache: false\nlimit: false\nbulkhead: false\ndegradedMaxAge: false\netag: false'
    expect(load(`defaults: { route: { ${all} } }`, home(off)).routes[0]).toMatchObject({
      admission: undefined,
      caching: undefined,
      degradedMaxAgeMs: undefined,
    })
  })
})

describe('what is inherited and cannot hold on a route', () => {
  const cached = 'defaults:\n  route: { cache: { ttl: 1m }, etag: true, maxCalls: 3 }'

  test('does not hold for a passthrough, and is an error where it is written there', () => {
    const why = 'gateway gateway.yaml:2: a passthrough answers what the service answers'
    expect(said(cached, passed())).toEqual({ cache: why, etag: why, maxCalls: why })
    expect(faults(cached, passed('cache: { ttl: 1m }'))).toEqual([
      expect.stringMatching(/^invalid-value routes\/home.yaml:3:\d+ a passthrough has no `cache`/),
    ])
  })

  test.each([
    ['a POST', order(), 'a POST is to change something: each is carried out'],
    [
      'one that calls a POST',
      'match: GET /pay\nin: { cart.sum: query.sum }\ndo: [ { invoke: user.pay } ]\nresponse: { body: paid }',
      'user.pay is a POST, which an answer from the cache would not carry out',
    ],
    [
      'one that reads what no two requests have in common',
      'match: GET /me\nresponse: { body: $.request.id }',
      'the answer depends on request.id, so it fits one request only',
    ],
    [
      'one that tells the time',
      'match: GET /now\nresponse: { body: "${ string(now()) }" }',
      '`now()` differs from request to request, and the answers of this route are kept',
    ],
  ])('no whole answers are kept of %s', (_, route, why) => {
    expect(said(cached, route)['cache']).toBe(`gateway gateway.yaml:2: ${why}`)
    expect(load(cached, route).routes[0]).toMatchObject({ caching: { ttlMs: undefined, etag: true } })
    expect(faults('', `${route}\ncache: { ttl: 1m }`)).toContainEqual(expect.stringContaining(why))
  })

  test('is an error where it guards: a limit by what the route does not have', () => {
    const limited = 'presets:\n  a:\n    route: { limit: { rate: 1/s, by: user.id } }'
    expect(faults(limited, home('use: a'))).toEqual([
      'late-key routes/home.yaml:4:1 `user.id` is not there yet when requests are let in (give the route such an input, or a `limit` of its own; the one that it inherits reads it (gateway.yaml:3))',
    ])
    expect(faults(limited, passed('use: a'))[0]).toMatch(/^late-key routes\/home.yaml:3:1 /)
    expect(faults(limited, home('use: a\nlimit: false'))).toEqual([])
    expect(faults(limited, home('use: a\nin: { user.id: query.id }')).filter((one) => /^late/.test(one))).toEqual([])
  })
})

test('a limit by claims that is inherited where nobody is asked who he is blames the route', () => {
  const limited = `auth: { user: { apiKey: { keys: ./keys.yaml } } }
presets: { p: { route: { limit: { rate: 1/s, by: claims.sub } } } }
defaults: { auth: user, route: { bulkhead: { concurrent: 1, queue: 5, order: fair, by: claims.tenant } } }`
  expect(faults(limited, home('use: p\nauth: none'))).toEqual([
    expect.stringMatching(/^unfilled-claims routes\/home.yaml:1:1 .*\(gateway.yaml:3\)/),
    expect.stringMatching(/^unfilled-claims routes\/home.yaml:4:1 .*\(gateway.yaml:2\)/),
  ])
  expect(faults(limited, home('use: p\nauth: none\nlimit: false\nbulkhead: false'))).toEqual([])
  expect(faults(limited, home('use: p'))).toEqual([])
})

describe('`use` of a route', () => {
  test('that names no preset, or one that says nothing of routes, is an error', () => {
    const calls = gateway.replace('defaults:', '  calls:\n    call: { timeout: 1s }\ndefaults:')
    expect(faults(calls, home('use: [slow, strikt]')).slice(-1)).toEqual([
      'unknown-preset routes/home.yaml:4:13 there is no preset `strikt` (did you mean `strict`?)',
    ])
    expect(faults(calls, home('use: calls'))).toEqual([
      'unknown-preset routes/home.yaml:4:6 the preset `calls` has no `route`, and says nothing here (there are strict, slow)',
    ])
  })

  test('makes a preset used; one that nothing uses is told, once all else is right', () => {
    expect(faults(gateway, home('use: strict'))).toEqual([
      'unused-preset gateway.yaml:4:3 nothing uses the preset `slow`',
    ])
    expect(faults(gateway, home('use: [strict, slow]'))).toEqual([])
    expect(faults(gateway, home('use: [strict]\ntimeout: x')).filter((one) => /^unused/.test(one))).toEqual([])
  })
})

test('a set is checked where it stands, whoever uses it', () => {
  const text = 'presets:\n  a: { route: { limit: { rate: 1/s, by: user.idd }, timeuot: 1s } }\n  b: {}'
  const two = { 'routes/two': 'match: GET /two\nin: { user.id?: query.id }\nresponse: { body: $.user.id }\nuse: a' }
  expect(faults(text, two['routes/two'].replace('two', 'home'), two)).toEqual([
    expect.stringMatching(/^unknown-color gateway.yaml:2:41 /),
    expect.stringMatching(/^unknown-key gateway.yaml:2:\d+ `timeuot`/),
    expect.stringMatching(/^invalid-value gateway.yaml:3:\d+ a preset has `call` or `route`, or both/),
  ])
})

describe('a header of every answer', () => {
  test.each([
    ['reads the context', '$.request.path', /is a constant/],
    ['tells the time', '"${ string(now()) }"', /is a constant/],
  ])('is a constant: not one that %s', (_, value, message) => {
    expect(faults('', home(`headers: { x-a: ${value} }`))).toEqual([expect.stringMatching(message)])
  })

  const cors = "cors: { origins: ['https://a.example'] }"
  test.each([
    ['the gateway', cors, ''],
    ['a preset', `presets: { p: { route: { ${cors} } } }`, 'use: p'],
    ['all routes', `defaults: { route: { ${cors} } }`, ''],
    ['the route', '', cors],
  ])('says nothing of whose pages may read it where the `cors` of %s does', (_, said, route) => {
    const found = faults(said, home(`headers: { access-control-allow-origin: '*' }\n${route}`))
    expect(found).toEqual([expect.stringMatching(/^reserved-header routes\/home.yaml:4:12 .*`cors` says it/)])
  })

  test('tells nothing of one answer, and none is the gateway’s own', () => {
    const given = faults('', home('headers: { content-type: text/plain, ETag: a, x-request-id: b }'))
    expect(given.map((one) => one.split(' ')[0])).toEqual(['invalid-value', 'invalid-value', 'reserved-header'])
  })
})
