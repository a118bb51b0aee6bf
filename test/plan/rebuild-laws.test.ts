import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CallContext, CallResponse } from '../../src/calls/call.ts'
import { Scope } from '../../src/cancellation.ts'
import { systemClock } from '../../src/clock.ts'
import type { ConfigTexts } from '../../src/config/texts.ts'
import { GatewayError } from '../../src/errors.ts'
import { Body } from '../../src/json/body.ts'
import { buildInSteps, buildSnapshot } from '../../src/plan/build.ts'
import { BuildMemory } from '../../src/plan/memory.ts'
import type { AggregatedRoute, LoadResult } from '../../src/plan/snapshot.ts'
import { requestParts, silentSpan } from '../support/engine.ts'
import { execute } from '../support/execute.ts'
import { projectTexts, world } from '../support/project.ts'

/** What each file may hold; undefined: it is not there. */
const variants: Record<string, readonly (string | undefined)[]> = {
  gateway: [
    '',
    'defaults: { timeout: 300ms }\n',
    'openapi: true\n',
    'defaults: { timeout: nonsense }\n',
    '# tessera-ignore unused-output: x\n',
  ],
  dictionary: [
    world.dictionary,
    world.dictionary.replace('cart.sum: { type: number }', 'cart.sum: { type: string }'),
    world.dictionary.replace('  geo.city: { type: string }\n', ''),
    'colors: [',
    undefined,
  ],
  'services/reco': [
    world['services/reco'],
    world['services/reco'].replace('/recommend/', '/v2/'),
    world['services/reco'].replace('http://127.0.0.1:9', '"${env.HOST}"'),
    world['services/reco'].replace('operations:', 'operation:'),
    undefined,
  ],
  'services/user': [
    world['services/user'],
    world['services/user'].replace('user.segment: $.segment', 'user.segment: $.s'),
    undefined,
  ],
  'services/zz': [
    undefined,
    world['services/user'],
    'service: zz\nendpoints: [http://127.0.0.1:9]\nheaders: { x: $.geo.cty }\n',
  ],
  'routes/a': [
    'match: GET /a\nin: { geo.city: query.city, user.segment: query.seg }\ndo: [ { invoke: reco.recommend } ]\nresponse: { body: { a: $.product.list, ids: $.product.ids } }\n',
    'match: GET /a\nin: { geo.city: query.city, user.segment: query.seg }\ndo:\n  - invoke: reco.recommend\n    id: first\n    fallback: { invoke: user.profile }\nresponse: { body: $.product.ids }\n',
    'match: GET /a\nin: { geo.city: query.city }\ndo: [ { assign: { cart.sum: 3 } } ]\nresponse: { body: "${ geo.city }" }\n',
    'match: GET /a\ndo: [ { invoke: reco.recomend } ]\nresponse: { body: $.product.lst }\n',
    'match: [\n',
    undefined,
  ],
  'routes/b': [
    'match: GET /b\ntimeout: ${env.SPAN:-200ms}\nin: { user.id: header.x }\ndo: [ { invoke: user.profile, optional: true } ]\nresponse: { body: { s: $.user.segment, host: "${env.HOST}" } }\n',
    'match: GET /a\nresponse: { body: { b: 1 } }\n',
    'name: a\nmatch: GET /b\nresponse: { body: { b: 2 } }\n',
    'match: ANY /b/*rest\nproxy: user\n',
    'match: ANY /b/*rest\nproxy: usr\n',
    'match: GET /b\ndo:\n  - assign: { cart.sum: 1 } # tessera-ignore unused-output: soon\nresponse: { body: 1 }\n',
    undefined,
  ],
  'routes/c': [
    undefined,
    'match: POST /c\nin: { cart.sum: query.sum }\ndo: [ { invoke: user.pay } ]\nresponse: { body: ok }\n',
    'match: GET /c\ndo:\n  - id: own\n    invoke: { service: reco, get: "/own?x=1", out: { product.list: $.items, cart.sum: $.sum } }\nresponse: { body: $.product.list }\n',
    'match: GET /c\ndo:\n  - id: own\n    invoke: { service: reco, get: /own, in: { geo.cty: query.c }, out: { product.list: $.items } }\nresponse: { body: $.product.list }\n',
    'match: GET /c\nin: { cart.sum: query.sum }\ndo: [ { throw: { error: x, status: 418 }, when: cart.sum > 3 } ]\nresponse: { body: $.cart }\n',
  ],
}

interface State {
  readonly files: Readonly<Record<string, string | undefined>>
  readonly env: Readonly<Record<string, string>>
  readonly isWhole: boolean
}

function textsOf({ files, env, isWhole }: State): ConfigTexts {
  const there = Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  return { ...projectTexts(there, env), unreadable: isWhole ? [] : [{ path: 'services/lost.yaml', reason: 'gone' }] }
}

const first: State = {
  files: Object.fromEntries(Object.entries(variants).map(([name, [text]]) => [name, text])),
  env: { HOST: 'http://127.0.0.1:9' },
  isWhole: true,
}

const edit = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      ...Object.entries(variants).flatMap(([name, texts]) => texts.map((text) => ({ name, text }))),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { env: { HOST: 'http://127.0.0.1:8' } },
      { env: { SPAN: '1s', HOST: 'http://127.0.0.1:9' } },
      { env: {} },
    ),
  },
  { weight: 1, arbitrary: fc.boolean().map((isWhole) => ({ isWhole })) },
)

function apply(
  state: State,
  change: { name?: string; text?: string | undefined; env?: State['env']; isWhole?: boolean },
): State {
  const { name, text, env = state.env, isWhole = state.isWhole } = change
  return { files: name === undefined ? state.files : { ...state.files, [name]: text }, env, isWhole }
}

/** All that can be seen of a build: what it tells, and what its routes are and do. */
async function observe({ snapshot, diagnostics }: LoadResult) {
  if (!snapshot) return { diagnostics }
  const { version, settings, routes, callSites, colors, catalogue } = snapshot
  return {
    diagnostics,
    version,
    settings,
    routes: await Promise.all(routes.map(async (route) => (route.kind === 'aggregate' ? observeRoute(route) : route))),
    sites: callSites.map(({ route, step, service, operation, template, timeoutMs }) => [
      route,
      step,
      service,
      operation,
      template,
      timeoutMs,
    ]),
    colors: JSON.stringify([...colors.values()]),
    services: [...catalogue.values()].map(({ info, operations, unread }) => [
      info,
      [...operations.keys()],
      [...unread],
    ]),
  }
}

async function observeRoute(route: AggregatedRoute) {
  const { name, summary, match, file, timeoutMs, readsBody, steps, bound } = route
  const requests: unknown[] = []
  const calls = route.callSites.map((site) => async ({ document }: CallContext): Promise<CallResponse> => {
    requests.push(site.render(document))
    if (site.operation === 'profile') throw new GatewayError('unavailable')
    const body = Body.ofValue({ items: [{ id: 'p1' }], segment: 'vip', s: 'new', token: 't', sum: 4 })
    return { status: 200, headers: {}, body, source: 'live', attempts: 1 } as CallResponse
  })
  const outcome = await execute({
    route,
    request: requestParts({
      method: match.method,
      query: { city: 'paris', seg: 'vip', sum: '7' },
      headers: { x: 'u1' },
    }),
    calls,
    clock: { ...systemClock, now: () => 0 },
    scope: new Scope(),
    span: silentSpan,
    propagation: { tracestate: undefined, baggage: undefined, requestId: 'r1' },
    budgetMs: undefined,
    stepEnded: () => {},
  })
  const places = JSON.stringify([bound.matchAt, bound.settings?.timeout.origin, bound.inputs.map(({ at }) => at)])
  return { name, summary, match, file, timeoutMs, readsBody, steps, requests, places, outcome: JSON.stringify(outcome) }
}

describe('a build that remembers the last one', () => {
  test('gives what one that does not gives, whatever was edited before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 10 }), async (edits) => {
        const memory = new BuildMemory()
        buildSnapshot(textsOf(first), memory)
        let state = first
        for (const change of edits) {
          state = apply(state, change)
          const texts = textsOf(state)
          expect(await observe(buildSnapshot(texts, memory))).toEqual(await observe(buildSnapshot(texts)))
        }
      }),
      { numRuns: 50 },
    )
  })

  const build = (memory: BuildMemory, changes: Partial<State['files']> = {}, env = first.env) =>
    buildSnapshot(textsOf({ ...first, files: { ...first.files, ...changes }, env }), memory)
  const changedRoutes = (changes: Partial<State['files']>, env = first.env) => {
    const memory = new BuildMemory()
    const before = build(memory).snapshot!.routes
    const after = build(memory, changes, env).snapshot!.routes
    return after.filter((route) => !before.includes(route)).map(({ name }) => name)
  }

  test('keeps the routes of every file that is as it was', () => {
    expect(changedRoutes({})).toEqual([])
    expect(changedRoutes({ 'routes/c': variants['routes/c']![1] })).toEqual(['c'])
    expect(changedRoutes({ 'routes/b': 'match: GET /b\nresponse: { body: 2 }\n' })).toEqual(['b'])
  })

  test('binds every route anew when what they are bound against is another', () => {
    expect(changedRoutes({ gateway: 'defaults: { timeout: 300ms }\n' })).toEqual(['a', 'b'])
    expect(changedRoutes({ dictionary: `${world.dictionary}  new.one: {}\n` })).toEqual(['a', 'b'])
    expect(changedRoutes({ 'services/user': variants['services/user']![1] })).toEqual(['a', 'b'])
  })

  test('looks at the variables that a file names, and at no others', () => {
    expect(changedRoutes({}, { ...first.env, SPAN: '1s' })).toEqual(['b'])
    expect(changedRoutes({}, { ...first.env, OTHER: 'x' })).toEqual([])
    expect(changedRoutes({}, { HOST: 'http://127.0.0.1:8' })).toEqual(['b'])
  })

  test('looks at the variables that the services name', () => {
    const named = { 'services/reco': variants['services/reco']![2] }
    const memory = new BuildMemory()
    const before = build(memory, named).snapshot!
    expect(build(memory, named).snapshot!.routes[0]).toBe(before.routes[0])
    const after = build(memory, named, { HOST: 'http://127.0.0.1:8' }).snapshot!
    expect(after.callSites[0]!.service.endpoints).toMatchObject([{ url: 'http://127.0.0.1:8' }])
  })

  test('tells again what it told before of a file that is as it was', () => {
    const memory = new BuildMemory()
    const faulty = { 'routes/a': variants['routes/a']![3] }
    const { diagnostics } = build(memory, faulty)
    expect(diagnostics.map(({ code }) => code)).toEqual(expect.arrayContaining(['unknown-operation', 'unknown-color']))
    expect(build(memory, { ...faulty, 'routes/c': variants['routes/c']![1] }).diagnostics).toEqual(
      expect.arrayContaining([...diagnostics]),
    )
  })

  test('takes a step for a route that it builds, and none for one that it keeps', () => {
    const routes = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [
        `routes/n${index}`,
        `match: GET /n${index}\nresponse: { body: ${index} }\n`,
      ]),
    )
    const texts = (changes: Record<string, string> = {}) =>
      textsOf({ ...first, files: { ...first.files, ...routes, ...changes } })
    const memory = new BuildMemory()
    const countSteps = (of: ConfigTexts) => {
      const work = buildInSteps(of, memory)
      for (let steps = 0; ; steps += 1) if (work.next().done) return steps
    }
    expect(countSteps(texts())).toBeGreaterThan(200)
    expect(countSteps(texts({ 'routes/n7': 'match: GET /n7\nresponse: { body: other }\n' }))).toBeLessThan(10)
  })
})
