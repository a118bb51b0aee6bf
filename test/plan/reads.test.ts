import { expect, test } from '@jest/globals'
import { chooseBytes } from '../../src/plan/bytes/choose.ts'
import { type Reader, readsOfRoute } from '../../src/plan/reads.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { loadProject, world } from '../support/project.ts'

function bindRoute(text: string) {
  const { routes } = loadProject({ ...world, 'routes/home': `match: GET /home\n${text}` })
  return (routes[0] as AggregatedRoute).bound
}

const nameOf = (reader: Reader) => ('step' in reader ? `${reader.kind} ${reader.step.name}` : reader.kind)

test('every read of a route is told once, with who reads it', () => {
  const route = bindRoute(`
in: { user.id?: header.x-user-id, geo.city: query.city }
priority: "\${ has(user.id) ? 'high' : 'low' }"
do:
  - { invoke: user.profile, when: has(user.id), optional: true }
  - branch:
      - { when: "steps.profile.source == 'live'", do: [ { assign: { cart.sum: 1 } } ] }
  - invoke: reco.recommend
    with: { user.segment: new }
  - forEach: { in: $.product.ids, as: product.ids, batch: 2 }
    do: [ { invoke: content.prices } ]
    collect: { product.prices: $.price.list }
response: { headers: { x-city: $.geo.city }, body: $.product.prices }`)
  const told = [...readsOfRoute(route)].map(({ read: { reference }, reader }) => {
    const what = 'color' in reference ? reference.color : reference.kind
    return `${nameOf(reader)}: ${what}`
  })
  expect(told).toEqual([
    'priority: user.id',
    'condition profile: user.id',
    'step profile: user.id',
    'arm branch@do.1: step',
    'step recommend: user.id',
    'step recommend: geo.city',
    'step forEach@do.3: product.ids',
    'step prices: product.ids',
    'end forEach@do.3: price.list',
    'header: geo.city',
    'body: product.prices',
  ])
})

test('a color that tells the class of calls does not stay bytes', () => {
  const route = (keys: string) => `
in: { user.id: query.user, user.segment?: query.segment }
${keys}
do: [ { invoke: user.profile } ]
response: { body: $.user.segment }`
  expect(chooseBytes(bindRoute(route('')))?.places).toContain('user.segment')
  const places = chooseBytes(bindRoute(route("priority: \"${ user.segment == 'vip' ? 'high' : 'low' }\"")))?.places
  expect(places ?? new Set()).not.toContain('user.segment')
})
