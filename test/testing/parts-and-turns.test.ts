import { expect, test } from '@jest/globals'
import { load, problemsOf, run, services } from '../support/route-tests.ts'

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
  ])
})
