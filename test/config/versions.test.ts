import { describe, expect, test } from '@jest/globals'
import pc from 'picocolors'
import { configOf } from '../../src/calls/site-policies.ts'
import { printRoute } from '../../src/cli/explanations/route.ts'
import { explainRoute } from '../../src/describe/explain/route.ts'
import { buildGraph } from '../../src/describe/graph/build.ts'
import type { Document } from '../../src/expressions/document.ts'
import { hedge } from '../../src/operations/policies/hedge/hedge.ts'
import { mirror } from '../../src/operations/policies/mirror/mirror.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { describeDiagnostic, loadProject, projectTexts, world } from '../support/project.ts'

const home = `
match: GET /home
in: { user.id: header.x-user-id }
do: [ { invoke: content.banners } ]
response: { body: $.banner.list }`

const stable = 'stable: { endpoints: [http://127.0.0.1:9001], weight: 90 }'
const canary = 'canary: { endpoints: [http://127.0.0.1:9002], weight: 10 }'
const both = `versions: { ${stable}, ${canary} }`

function files(keys: string, route = home) {
  const service = `service: content\n${keys}\noperations:\n  banners: { get: /banners, out: { banner.list: $.banners } }\n  add: { post: /banners }`
  return { ...world, 'services/content': service, 'routes/home': route }
}

const load = (keys: string, route?: string) => loadProject(files(keys, route))
const siteOf = (keys: string, route?: string) => load(keys, route).callSites[0]!

function faults(keys: string, route?: string): string[] {
  return buildSnapshot(projectTexts(files(keys, route)))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)
}

const document = (request: Record<string, unknown>): Document => ({ request, steps: {} }) as Document

describe('a service in versions', () => {
  test('is a service for each, and by weight unless it says otherwise', () => {
    const { name, split } = siteOf(both).service
    expect(name).toBe('content')
    expect(split).toMatchObject({ by: 'weight', rules: [], sticky: undefined })
    expect(
      split!.versions.map(({ name, weight, target }) => [
        name,
        weight,
        target.name,
        target.version,
        target.endpoints[0]!.url,
      ]),
    ).toEqual([
      ['stable', 90, 'content@stable', { name: 'stable', of: 'content' }, 'http://127.0.0.1:9001'],
      ['canary', 10, 'content@canary', { name: 'canary', of: 'content' }, 'http://127.0.0.1:9002'],
    ])
  })

  test('has its balancer, care and budget in each of them', () => {
    const { split } = siteOf(`${both}\nbalance: least-requests\nslowStart: 10s\nretryBudget: { perSecond: 5 }`).service
    for (const { target } of split!.versions) {
      expect(target).toMatchObject({
        balance: { name: 'least-requests' },
        care: { slowStartMs: 10_000 },
        retryBudget: { share: 0.2, perSecond: 5, windowMs: 10_000 },
      })
    }
  })

  test('is found by rules on the request and on colors', () => {
    const match = `[ { when: "request.headers['x-preview'] == 'yes'", to: canary }, { when: user.segment == 'vip', to: stable } ]`
    const { rules } = siteOf(`${both}\nsplit: { match: ${match} }`).service.split!
    const preview = { ...document({ headers: { 'x-preview': 'yes' } }), user: { segment: 'new' } } as Document
    expect(rules.map(({ to, test }) => [to, test(preview)])).toEqual([
      ['canary', true],
      ['stable', false],
    ])
    const vip = { ...document({ headers: { 'x-preview': 'no' } }), user: { segment: 'vip' } } as Document
    expect(rules.map(({ test }) => test(vip))).toEqual([false, true])
    expect(() => rules[0]!.test(document({ headers: {} }))).toThrow("`request.headers['x-preview']` is absent")
  })

  test('sticks to a color or a cookie', () => {
    const byColor = siteOf(`${both}\nsplit: { sticky: user.id }`).service.split!.sticky!
    expect(byColor.read({ ...document({}), user: { id: 'u1' } } as Document)).toBe('u1')
    const byCookie = siteOf(`${both}\nsplit: { sticky: $.request.cookies.session }`).service.split!.sticky!
    expect(byCookie.read(document({ cookies: { session: 's1' } }))).toBe('s1')
  })

  test.each([
    [
      'versions beside endpoints',
      `endpoints: [http://127.0.0.1:9]\n${both}`,
      /^invalid-value .*`endpoints` already says/,
    ],
    [
      'a version that runs nowhere',
      `versions: { ${stable}, canary: { weight: 1 } }`,
      /^missing-key .*`endpoints` is missing/,
    ],
    [
      'a version in two places',
      'versions: { a: { endpoints: [http://127.0.0.1:9], discover: { dns: a.svc, port: 80 } } }',
      /^invalid-value .*`endpoints` already says/,
    ],
    ['no version at all', 'versions: {}', /^invalid-value .*one version has a weight over 0/],
    ['a split of nothing', 'endpoints: [http://127.0.0.1:9]\nsplit: { by: load }', /^invalid-value .*no versions/],
    [
      'a rule to nowhere',
      `${both}\nsplit: { match: [ { when: 'true', to: canry } ] }`,
      /^unknown-version .*did you mean `canary`/,
    ],
    [
      'a sticky split by load',
      `${both}\nsplit: { by: load, sticky: user.id }`,
      /^invalid-value .*nobody keeps a version/,
    ],
    ['a sticky list', `${both}\nsplit: { sticky: '$.product.ids[*]' }`, /^invalid-value .*gives a list/],
    ['an unknown color', `${both}\nsplit: { sticky: user.ide }`, /^unknown-color .*user\.ide/],
    [
      'a rule that is none',
      `${both}\nsplit: { match: [ { when: 'user.id ==', to: canary } ] }`,
      /^invalid-expression /,
    ],
    ['another way to split', `${both}\nsplit: { by: moon }`, /^invalid-value /],
  ])('is not taken with %s', (_what, keys, wanted) => {
    const told = faults(keys)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatch(wanted)
  })

  test('is no passthrough’s', () => {
    expect(faults(both, 'match: GET /home\nproxy: content')).toEqual([expect.stringMatching(/runs in versions/)])
  })

  test('is shown by explain and in a graph', () => {
    const snapshot = load(`${both}\nsplit: { match: [ { when: user.segment == 'vip', to: canary } ], sticky: user.id }`)
    const route = snapshot.routes[0] as AggregatedRoute
    const text = printRoute(explainRoute(route, snapshot), { paint: pc.createColors(false), width: 200 })
    const words = "split by weight: stable 90, canary 10, canary when user.segment == 'vip', sticky on user.id"
    expect(text).toContain(words)
    expect(JSON.stringify(buildGraph(route, snapshot))).toContain('split by weight: stable 90, canary 10')
  })
})

describe('a mirror', () => {
  test('is a service, a version, or a URL', () => {
    const runs = 'endpoints: [http://127.0.0.1:9]'
    expect(configOf(siteOf(`${runs}\nmirror: { to: reco }`), mirror)).toMatchObject({
      target: { name: 'reco' },
      share: 1,
      concurrent: 10,
      timeoutMs: 1000,
      credentials: false,
    })
    expect(configOf(siteOf(`${both}\nmirror: { to: content@canary, share: 10% }`), mirror)).toMatchObject({
      target: { name: 'content@canary' },
      share: 0.1,
    })
    expect(configOf(siteOf(`${runs}\nmirror: { to: "http://127.0.0.1:7/v2" }`), mirror)!.target).toMatchObject({
      name: 'mirror of content',
      endpoints: [{ url: 'http://127.0.0.1:7/v2' }],
    })
  })

  test('of a service holds for what changes nothing, unless it says otherwise', () => {
    const both = home.replace('invoke: content.banners', 'invoke: content.banners }, { invoke: content.add')
    const of = (keys: string) =>
      load(`endpoints: [http://127.0.0.1:9]\n${keys}`, both).callSites.map(
        (site) => configOf(site, mirror)?.target.name,
      )
    expect(of('mirror: { to: reco }')).toEqual(['reco', undefined])
    expect(of('mirror: { to: reco, unsafe: true }')).toEqual(['reco', 'reco'])
  })

  test.each([
    ['itself', 'mirror: { to: content }', /^invalid-value .*not its own mirror/],
    ['nobody', 'mirror: { to: recoo }', /^unknown-service .*did you mean `reco`/],
    ['no URL', 'mirror: { to: "ftp://x" }', /^invalid-value .*not a URL/],
    ['a URL with a password', 'mirror: { to: "http://u:p@x" }', /^invalid-value .*no credentials/],
  ])('is not %s', (_what, keys, wanted) => {
    expect(faults(`endpoints: [http://127.0.0.1:9]\n${keys}`)).toEqual([expect.stringMatching(wanted)])
  })

  test('of a service in versions says which', () => {
    const told = faults(`${both}\nmirror: { to: content }`)
    expect(told).toEqual([expect.stringMatching(/runs in versions .*content@stable or content@canary/)])
  })
})

describe('a hedge', () => {
  test.each([
    ['{ after: p95 }', { after: { quantile: 0.95 }, max: 1 }],
    ['{ after: p99.9, max: 2 }', { after: { quantile: 0.999 }, max: 2 }],
    ['{ after: 50ms }', { after: { ms: 50 }, max: 1 }],
    ['{}', { after: { quantile: 0.95 }, max: 1 }],
  ])('is read from %s', (text, wanted) => {
    const declared = configOf(siteOf(`endpoints: [http://127.0.0.1:9]\nhedge: ${text}`), hedge)
    expect(declared!.max).toBe(wanted.max)
    expect(declared!.after).toEqual(
      'ms' in wanted.after ? wanted.after : { quantile: expect.closeTo(wanted.after.quantile, 9) },
    )
  })

  test.each(['p49', 'p100', 'p9', '0ms', '50', 'soon'])('does not wait %s', (after) => {
    expect(faults(`endpoints: [http://127.0.0.1:9]\nhedge: { after: "${after}" }`)).toEqual([
      expect.stringMatching(/^invalid-value .*p95/),
    ])
  })

  test('is the step’s, the operation’s, or the service’s, and `false` ends it', () => {
    const service = 'endpoints: [http://127.0.0.1:9]\nhedge: { after: 50ms }'
    const off = home.replace('content.banners', 'content.banners, hedge: false')
    expect(configOf(siteOf(service, off), hedge)).toBeUndefined()
    const post = home.replace('content.banners', 'content.add').replace('$.banner.list', '{}')
    expect(configOf(siteOf(service, post), hedge)).toBeUndefined()
  })
})

describe('what explain tells of requests beside a call’s own', () => {
  const explain = (keys: string, route?: string) => {
    const snapshot = load(keys, route)
    return explainRoute(snapshot.routes[0] as AggregatedRoute, snapshot)
  }

  test('counts hedges among the calls, and their time at worst', () => {
    const { calls, latency } = explain(
      'endpoints: [http://127.0.0.1:9]\ntimeout: 200ms\nhedge: { after: 50ms, max: 2 }',
    )
    expect(calls[0]).toMatchObject({ min: 1, max: 1, most: 3 })
    expect(latency).toMatchObject({ ms: 300, path: [{ sum: '100ms + 200ms' }] })
    expect(explain('endpoints: [http://127.0.0.1:9]\ntimeout: 200ms\nhedge: {}').latency.ms).toBe(400)
  })

  test('lists who gets copies, and what is in them', () => {
    const send = '\nheaders: { authorization: $.request.headers.authorization, x-user: $.user.id }'
    const keys = `endpoints: [http://127.0.0.1:9]${send}\nmirror: { to: "http://127.0.0.1:7" }`
    const { forwards } = explain(keys)
    const told = forwards.map(({ service, operations }) => [service, operations[0]!.parts.map(({ to }) => to)])
    expect(told).toEqual([
      ['content', ['header.authorization', 'header.x-user']],
      ['http://127.0.0.1:7, as copies', ['header.x-user']],
    ])
  })
})
