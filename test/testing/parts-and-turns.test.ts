import { expect, test } from '@jest/globals'
import { load, problemsOf, read, run, services } from '../support/route-tests.ts'

const snapshot = load(
  `
in: { geo.city: { from: query.city, default: paris } }
timeout: 10s
do:
  - { id: top, part: shelf }
  - id: poll
    repeat: { until: size(banner.list) > 0, max: 5, every: 1s }
    do: [ { invoke: content.banners } ]
response: { body: { products: $.product.list, banners: $.banner.list } }
`,
  {
    ...services,
    'parts/shelf':
      'in: [ geo.city ]\ndo: [ { invoke: reco.recommend, fallback: { body: { items: [] } } } ]\nout: [ product.list ]',
  },
)

test('a call in a part is mocked by the name of the step that runs it, and turns pass in virtual time', async () => {
  expect(
    await problemsOf(
      `request: { path: /home },
       mocks: { top/recommend: { body: { items: [ a ] } }, content.banners: [ { body: { banners: [] } }, { body: { banners: [ b ] } } ] },
       expect: { status: 200, body: { products: [ a ], banners: [ b ] }, within: 1100ms }`,
      snapshot,
    ),
  ).toEqual([])
})

test('a repeat that stops, a part that is left out and an element that is omitted are degraded by their names', async () => {
  const lenient = load(
    `
in: { geo.city: { from: query.city, default: paris } }
do:
  - { id: top, part: shelf, optional: true }
  - id: poll
    repeat: { until: size(banner.list) > 0, max: { turns: 2, then: stop } }
    do: [ { invoke: content.banners } ]
response: { body: { products: $.product.list, banners: { $each: [1], $map: "\${ request.query.n + 'x' }", $failed: omit } } }
`,
    { ...services, 'parts/shelf': 'in: [ geo.city ]\ndo: [ { throw: { error: closed } } ]\nout: [ product.list? ]' },
  )
  const test = (degraded: string) =>
    `request: { path: /home }, mocks: { content.banners: { body: { banners: [] } } }, expect: { degraded: [${degraded}] }`
  expect(await problemsOf(test('poll, response, top'), lenient)).toEqual([])
  expect(await problemsOf(test('poll, response'), lenient)).toEqual([
    '2: other parts are degraded; degraded "poll, response" → "poll, response, top"',
  ])
  expect(read(`tests:\n  - { name: it, ${test('pol')} }\n`, lenient).faults).toEqual([
    expect.stringMatching(/the route has no step `pol`.*its steps are top, .*poll, banners, response/s),
  ])
})

test('coverage counts what is in a part, at its place in the part’s file', async () => {
  const text = `tests:
  - name: all goes well
    request: { path: /home }
    mocks: { reco.recommend: { body: { items: [ a ] } }, content.banners: { body: { banners: [ b ] } } }
`
  const { coverage } = await run(text, snapshot, { coverage: true })
  const [route] = coverage!
  expect(route!.missed.map(({ at, what }) => [at.file, what])).toEqual([
    ['parts/shelf.yaml', 'the fallback of top/recommend never answered (a fixed answer)'],
    ['routes/home.yaml', 'this repeat was always done within its 5 turns'],
  ])
})

/** What coverage misses of this route, as \`line what\`, when it is tested so. */
async function missedBy(route: string, ...tests: string[]): Promise<string[]> {
  const text = `tests:\n${tests.map((one) => `  - { name: t, request: { path: /home }, ${one} }\n`).join('')}`
  const loaded = load(route, {
    ...services,
    'parts/shelf': 'in: [ geo.city ]\ndo: [ { invoke: reco.recommend } ]\nout: [ product.list ]',
  })
  const { coverage } = await run(text, loaded, { coverage: true })
  return coverage![0]!.missed.map(({ at, what }) => `${at.line} ${what}`)
}

test('coverage tells which step of a `first` never won, though it ran', async () => {
  const route = `
do:
  - first:
      - { invoke: content.banners }
      - { invoke: user.profile, with: { user.id: u1 }, out: { banner.list: [ $.user.segment ] } }
response: { body: $.banner.list }
`
  const mocks = (first: string, second: string) => `mocks: { banners: ${first}, profile: ${second} }`
  const quick = (body: string) => `{ body: ${body}, delay: 1ms }`
  const slow = (body: string) => `{ body: ${body}, delay: 50ms }`
  const one = mocks(quick('{ banners: [b] }'), slow('{ segment: vip }'))
  const other = mocks(slow('{ banners: [b] }'), quick('{ segment: vip }'))
  expect(await missedBy(route, one)).toEqual(['6 `user.profile` never won'])
  expect(await missedBy(route, one, other)).toEqual([])
  expect(await missedBy(route, mocks('{ status: 500 }', '{ status: 500 }'))).toEqual([
    '5 `content.banners` never won',
    '6 `user.profile` never won',
  ])
})

test.each([
  ['fails', '3'],
  ['stops', '{ turns: 3, then: stop }'],
])('coverage tells both ends of turns, where it %s after too many', async (_, max) => {
  const route = `
do:
  - id: poll
    repeat: { until: size(banner.list) > 0, max: ${max} }
    do: [ { invoke: content.banners } ]
response: { body: $.banner.list }
`
  const done = 'mocks: { banners: { body: { banners: [b] } } }'
  const endless = 'mocks: { banners: { body: { banners: [] } } }'
  expect(await missedBy(route, done)).toEqual(['5 this repeat was always done within its 3 turns'])
  expect(await missedBy(route, endless)).toEqual(['5 this repeat was never done: its `until` never held'])
  expect(await missedBy(route, done, endless)).toEqual([])
})

test('coverage tells what never stood in for a part', async () => {
  const route = `
in: { geo.city: { from: query.city, default: paris } }
do:
  - { part: shelf, fallback: [ { invoke: reco.recommend }, { assign: { product.list: [] } } ] }
response: { body: $.product.list }
`
  const failing = '{ status: 500 }'
  expect(await missedBy(route, 'mocks: { reco.recommend: { body: { items: [a] } } }')).toEqual([
    '5 a fallback of shelf never ran',
  ])
  expect(await missedBy(route, `mocks: { reco.recommend: ${failing} }`)).toEqual([])
})
