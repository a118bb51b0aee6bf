import { describe, expect, test } from '@jest/globals'
import { runSnapshot } from '../support/engine.ts'
import { loadProject } from '../support/project.ts'

const dictionary = `
colors:
  user.id: { type: string }
  user.name: { type: string }
  user.gone: { type: string }
  user.none: { type: [string, 'null'] }
  cart.sum: { type: number }
  cart.count: { type: integer }
  cart.open: { type: boolean }
  product.list: { type: array, items: { type: object } }
  product.prices: { type: array, items: { type: object } }
  product.ids: { type: array, items: { type: string } }
  one.deep.name: { type: string }
  plain: { type: string }
  a1.b_2.cX: { type: string }
`
const assigned = `
  - assign:
      user.id: u1
      user.name: Ann
      user.none: null
      cart.sum: 12.5
      cart.count: 3
      cart.open: true
      product.list: [ { id: a, title: A }, { id: b, title: B }, { title: none } ]
      product.prices: [ { id: b, amount: 2 }, { id: a, amount: 1 } ]
      product.ids: [ a, b ]
      one.deep.name: deep
      plain: plain
      a1.b_2.cX: odd
      user.gone: $.request.query.nothing
`

/** What a template gives in a response. */
async function fill(template: string): Promise<unknown> {
  const route = `match: GET /r\ndo:${assigned}response:\n  body:\n    value: ${template}\n`
  const { body, outcome } = await runSnapshot(loadProject({ dictionary, 'routes/r': route }))
  if (outcome.kind === 'failure') throw outcome.error
  return body
}

const gone = Symbol('the member is left out')
const cases: [template: string, value: unknown][] = [
  // JSONPath
  ['$.user.id', 'u1'],
  ["$['user']['id']", 'u1'],
  ['$["user"].id', 'u1'],
  ['$.product.list[0].id', 'a'],
  ['$.product.list[-1].title', 'none'],
  ['$.one.deep.name', 'deep'],
  ['$.one', { deep: { name: 'deep' } }],
  ['$.plain', 'plain'],
  ['$.a1.b_2.cX', 'odd'],
  ['$.user.gone', gone],
  ['$.product.list[9]', gone],
  ['$.product.list[0].id.x', gone],
  ['$.user.none', null],
  ["'$.product.list[*].id'", ['a', 'b']],
  ['\'$.product.list[?@.id == "b"].title\'', ['B']],
  ["'$.product.list[0:2].title'", ['A', 'B']],
  ["'$..amount'", [2, 1]],
  ["'$.product.list[*].nothing'", []],
  ['{ a: $.user.gone, b: 1 }', { b: 1 }],
  ['[ $.user.gone, 1 ]', [null, 1]],
  // CEL
  ["'${ cart.sum * 2.0 }'", 25],
  ["'${cart.count + 1}'", 4],
  ["'${ cart.open }'", true],
  ["'${ user.name }'", 'Ann'],
  ["'${ product.ids }'", ['a', 'b']],
  ['\'${ {"a": cart.count, "b": [1, 2]} }\'', { a: 3, b: [1, 2] }],
  ["'${ user.gone }'", gone],
  ["'${ user.none }'", null],
  ["'${ has(user.gone) ? 1 : 2 }'", 2],
  ['\'${ user.?gone.orValue("d") }\'', 'd'],
  ["'${ product.list.map(p, p.title) }'", ['A', 'B', 'none']],
  ["'${ product.list.filter(p, has(p.id)).size() }'", 2],
  ["'${ one.deep.name + a1.b_2.cX }'", 'deepodd'],
  ['\'${ "}" }\'', '}'],
  ["'Hello ${ user.name }, ${ cart.count } items'", 'Hello Ann, 3 items'],
  ["'Hello ${ user.?gone }!'", 'Hello !'],
  ["{ $default: [ 'Hello ${ user.gone }!', nobody ] }", 'nobody'],
  [
    "{ $each: $.product.list, $map: { id: '${ item.id + string(index) }' }, $failed: omit }",
    [{ id: 'a0' }, { id: 'b1' }],
  ],
  ["'sum ${ cart.sum } open ${ cart.open } ${ product.ids }'", 'sum 12.5 open true ["a","b"]'],
  ["' ${ cart.count } '", 3],
  ["'${ cart.count }${ cart.count }'", '33'],
  // the literal $
  ["'$$'", '$'],
  ["'$$.user.id'", '$.user.id'],
  ["'$$[0]'", '$[0]'],
  ["'costs $5'", 'costs $5'],
  ["'$5'", '$5'],
  ["'costs $$5'", 'costs $5'],
  ["'$${ user.name }'", '${ user.name }'],
  ["'$$${ user.name }'", '$Ann'],
  ['{ $$each: 1 }', { $each: 1 }],
  // itself
  ['text', 'text'],
  ['12', 12],
  ['true', true],
  ['null', null],
  ['[]', []],
  ['{}', {}],
  ['{ a: { b: [ 1, { c: $.cart.count } ] } }', { a: { b: [1, { c: 3 }] } }],
  ['2026-01-02', '2026-01-02'],
  // operators
  [
    '{ $each: $.product.ids, $map: { id: $.item, at: $.index } }',
    [
      { id: 'a', at: 0 },
      { id: 'b', at: 1 },
    ],
  ],
  ["{ $each: $.product.ids, $map: '${ item + user.id }' }", ['au1', 'bu1']],
  ["{ $each: '$.product.list[*].id', $map: $.item }", ['a', 'b']],
  ['{ $each: $.product.list, $map: $.item.id }', ['a', 'b', null]],
  ['{ $each: [ [1, 2], [3] ], $map: { $each: $.item, $map: $.item } }', [[1, 2], [3]]],
  ['{ $each: $.user.gone, $map: 1 }', gone],
  ['{ $merge: [ { a: 1, b: 1 }, { b: 2 }, $.user.gone, { c: $.cart.count } ] }', { a: 1, b: 2, c: 3 }],
  ["{ $pick: [id], $from: '${ product.list[0] }' }", { id: 'a' }],
  ['{ $pick: [id, nothing], $from: { id: 1, x: 2 } }', { id: 1 }],
  ['{ $omit: [id], $from: { id: 1, x: 2 } }', { x: 2 }],
  [
    '{ $join: { left: $.product.list, right: $.product.prices, on: id, as: price } }',
    [
      { id: 'a', title: 'A', price: { id: 'a', amount: 1 } },
      { id: 'b', title: 'B', price: { id: 'b', amount: 2 } },
      { title: 'none' },
    ],
  ],
  ['{ $default: [ $.user.gone, $.user.none, $.user.name, x ] }', 'Ann'],
  ['{ $default: [ $.user.gone, x ] }', 'x'],
  ['{ $default: [ $.user.gone, $.user.none ] }', gone],
  ['{ $compact: [ 1, null, $.user.gone, 2 ] }', [1, 2]],
  ['{ $compact: { a: 1, b: null, c: $.user.gone } }', { a: 1 }],
  ['{ $compact: { $each: $.product.list, $map: $.item.id } }', ['a', 'b']],
  [
    "{ $each: { $compact: [ $.user.gone, x ] }, $map: { $merge: [ { v: $.item }, { w: '${ index }' } ] } }",
    [{ v: 'x', w: 0 }],
  ],
]

describe('a template', () => {
  test.each(cases)('%s', async (template, value) => {
    expect(await fill(template)).toEqual(value === gone ? {} : { value })
  })

  test('$ is the whole context', async () => {
    const body = (await fill('$')) as { value: Record<string, unknown> }
    expect(body.value).toMatchObject({ user: { id: 'u1' }, request: { method: 'GET' }, steps: {} })
  })
})
