import { describe, expect, test } from '@jest/globals'
import { builtInOperators } from '../../src/expressions/operators/index.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { stepKinds } from '../../src/steps/index.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts } from '../support/project.ts'

const texts = ['user.id', 'user.nick', 'user.name', 'user.segment']
const numbers = ['cart.sum', 'order.total']
const objects = ['user.profile', 'product.first', 'banner.first', 'banner.second']
const lists = ['product.list', 'product.prices', 'price.list', 'banner.list', 'channel.list']
const colors: readonly (readonly [name: string, type: string])[] = [
  ...texts.map((name) => [name, '{ type: string }'] as const),
  ...numbers.map((name) => [name, '{ type: number }'] as const),
  ...objects.map((name) => [name, '{ type: object }'] as const),
  ...lists.map((name) => [name, '{ type: array, items: { type: object } }'] as const),
  ['product.ids', '{ type: array, items: { type: string } }'],
]

/** A project with every color and operation that the examples name. */
const shop: ProjectFiles = {
  gateway: "stores: { durable: ./data }\nstreams: { events: { redis: 'redis://broker' } }",
  dictionary: `colors:\n${colors.map(([name, type]) => `  ${name}: ${type}`).join('\n')}\n`,
  'services/reco': `service: reco
endpoints: [http://127.0.0.1:9]
operations: { recommend: { get: /recommend, out: { product.ids: $.ids } } }`,
  'parts/shelf': 'do: [ { assign: { product.list: [] } } ]\nout: [ product.list ]',
  'services/user': `service: user
endpoints: [http://127.0.0.1:9]
operations: { profile: { get: '/users/{user.id}', out: { user.segment: $.segment } } }`,
  'services/content': `service: content
endpoints: [http://127.0.0.1:9]
operations: { banners: { get: /b, out: { banner.list: $.b } }, channels: { get: /c, out: { channel.list: $.c } } }`,
  'services/pricing': `service: pricing
endpoints: [http://127.0.0.1:9]
operations: { prices: { get: /prices, in: { product.ids: query.ids }, out: { price.list: $.prices } } }`,
}

/** Errors and warnings of a route which takes from its request all colors that nothing in it writes. */
function loadRoute(route: string, written: readonly string[] = []): string[] {
  const given = colors.filter(([name]) => !written.includes(name))
  const inputs = given.map(([name]) => `  ${name}: $.${name.replace('.', '_')}`).join('\n')
  const home = `match: POST /home\nin:\n${inputs}\n${route}\n`
  const { diagnostics } = buildSnapshot(projectTexts({ ...shop, 'routes/home': home }))
  return diagnostics.filter(({ severity }) => severity !== 'hint').map(describeDiagnostic)
}

describe('the example of every step kind loads in a project', () => {
  test.each([...stepKinds.values()])('$kind', ({ kind, example }) => {
    const steps = example.replace(/^/gm, '  ')
    // Only then is it about the order in which a flow runs.
    const written = kind === 'flow' ? ['product.ids', 'price.list'] : []
    const durable = kind === 'compensate' ? 'durable: true\n' : ''
    expect(loadRoute(`${durable}do:\n${steps}\nresponse: { body: 1 }`, written)).toEqual([])
  })
})

describe('the example of every operator loads in a project', () => {
  test.each([...builtInOperators.values()])('$name', ({ example }) => {
    expect(loadRoute(`response:\n  body:\n    made: ${example}`)).toEqual([])
  })
})

test('a slip in an example would be seen', () => {
  expect(loadRoute('response: { body: $.user.nik }')).toHaveLength(1)
})
