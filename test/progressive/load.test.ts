import { expect, test } from '@jest/globals'
import { explainRoute } from '../../src/describe/explain/route.ts'
import { describeApi } from '../../src/interchange/to-openapi/document.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { describeDiagnostic, loadProject, projectTexts, world } from '../support/project.ts'

const faults = (route: string, gateway = '') =>
  buildSnapshot(projectTexts({ ...world, gateway, 'routes/home': `match: GET /home\n${route}` }))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(describeDiagnostic)

const parts = 'response: { stream: true, body: { city: $.request.query.city } }'

test('what nobody may keep is not kept: `cache` and `etag` beside `stream` are errors', () => {
  expect(faults(`cache: { ttl: 1m }\n${parts}`)).toEqual([
    expect.stringMatching(/routes\/home.yaml:2:8 a page that goes out in parts has no `cache`/),
  ])
  expect(faults(`etag: true\n${parts}`)).toEqual([expect.stringMatching(/has no `etag`/)])
  expect(faults(parts)).toEqual([])
})

test('what is inherited does not hold, and explain says why', () => {
  const gateway = 'defaults: { route: { cache: { ttl: 1m }, etag: true } }'
  const { routes, colors } = loadProject({ ...world, gateway, 'routes/home': `match: GET /home\n${parts}` })
  const route = routes[0] as AggregatedRoute
  expect(route.caching).toBeUndefined()
  expect(explainRoute(route, { colors }).settings).toMatchObject([
    { key: 'etag', not: 'nobody may keep a page that goes out in parts' },
    { key: 'cache', not: 'nobody may keep a page that goes out in parts' },
  ])
})

test.each([
  ['a text', 'response: { stream: true, body: hello }', 'has no members'],
  ['nothing', 'do: []\nresponse: { stream: true }', 'has no members'],
  ['a list', 'response: { stream: true, body: [1, 2] }', 'has no members'],
  ['one operator', 'response: { stream: true, body: { $merge: [ { a: 1 } ] } }', 'has no members'],
  ['XML', 'response: { stream: true, encode: xml, body: { a: 1 } }', 'a part is JSON, the body is xml'],
  [
    'text in its place',
    `do: [ { when: "request.method == 'GET'", respond: { encode: text, body: hello } } ]\n${parts}`,
    'what is answered in the place of parts is JSON',
  ],
])('what has no parts cannot go out in parts: %s', (_, route, message) => {
  expect(faults(route)).toEqual([expect.stringContaining(`unstreamable-page`)])
  expect(faults(route)[0]).toContain(message)
})

const home = `
match: GET /home
in: { geo.city: query.city }
do:
  - assign: { user.segment: new }
  - parallel:
      - { invoke: reco.recommend }
      - { id: cart, sequence: [ { assign: { cart.sum: 1 } } ] }
response:
  stream: true
  headers: { x-segment: $.user.segment }
  body: { city: $.geo.city, a/b: $.product.list, call: $.steps.recommend.ms, all: [ $.cart.sum, $.product.ids ] }
`

test('explain shows which part comes after which steps', () => {
  const { routes, colors } = loadProject({ ...world, 'routes/home': home })
  const { response } = explainRoute(routes[0] as AggregatedRoute, { colors })
  expect(response!.parts).toEqual([
    { path: '', after: ['assign@do.0'] },
    { path: '/city', after: [] },
    { path: '/a~1b', after: ['recommend'] },
    { path: '/call', after: ['recommend'] },
    { path: '/all', after: ['recommend', expect.stringContaining('assign@')] },
  ])
})

test('OpenAPI names all types that the page comes as', () => {
  const api = describeApi(loadProject({ ...world, 'routes/home': home })) as {
    paths: Record<string, { get: { responses: Record<string, { content: object }> } }>
  }
  expect(Object.keys(api.paths['/home']!.get.responses['200']!.content)).toEqual([
    'application/json',
    'text/event-stream',
    'application/jsonl',
  ])
})
