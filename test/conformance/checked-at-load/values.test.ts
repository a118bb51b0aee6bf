import { describe } from '@jest/globals'
import { type Case, response, service, steps, testCases } from '../../support/conformance/checked.ts'
import { pageWorld } from '../../support/conformance/page.ts'

const cases: Case[] = [
  { code: 'type-mismatch', name: 'of an assign', route: steps('assign: { cart.sum: «much }') },
  { code: 'type-mismatch', name: 'of an assigned color', route: steps('assign: { cart.sum: «$.geo.city }') },
  {
    code: 'type-mismatch',
    name: 'of an assigned expression',
    route: steps("assign: { user.name: «'${ cart.sum + 1 }' }"),
  },
  { code: 'type-mismatch', name: 'of a value that is not listed', route: steps('assign: { user.segment: «nobody }') },
  { code: 'type-mismatch', name: 'of a with', route: steps('{ invoke: reco.recommend, with: { geo.city: «[1] } }') },
  {
    code: 'type-mismatch',
    name: 'of a default',
    route: `match: GET /\nin: { cart.sum: { from: query.s, default: «much } }\n${response}`,
  },
  { code: 'type-mismatch', name: 'of a forEach', route: steps('{ forEach: { in: «$.geo.city }, do: [ empty ] }') },
  {
    code: 'type-mismatch',
    name: 'of an element',
    route: steps('{ invoke: reco.recommend }\n  - { forEach: { in: $.product.ids, as: «cart.sum }, do: [ empty ] }'),
  },
  {
    code: 'type-mismatch',
    name: 'of what is gathered',
    route: steps('{ forEach: { in: [1, 2] }, do: [ empty ], collect: { product.ids: «$.cart.sum } }'),
  },
  {
    code: 'type-mismatch',
    name: 'of a list in a path',
    files: service("operations: { a: { get: '/{«product.ids}' } }"),
  },
  {
    code: 'type-mismatch',
    name: 'of many values for one',
    files: service("operations: { a: { get: /a, out: { «geo.city: '$.x[*]' } } }"),
  },
  {
    code: 'type-mismatch',
    name: 'of a status for text',
    files: service('operations: { a: { get: /a, out: { «geo.city: status } } }'),
  },
  {
    code: 'invalid-expression',
    name: 'whose types do not fit',
    route: steps("assign: { user.name: '${ «geo.city + cart.sum }' }"),
  },
  { code: 'invalid-expression', name: 'that is no condition', route: steps('{ when: «geo.city, empty: }') },
  {
    code: 'invalid-type',
    name: 'of a color',
    files: {
      dictionary: pageWorld.dictionary
        .replace('geo.city: {', 'geo.city: «{')
        .replace('«{ type: string', '«{ type: text'),
    },
  },
  { code: 'invalid-jsonpath', name: 'in a template', route: steps("assign: { user.name: '$.a«[' }") },
  {
    code: 'invalid-jsonpath',
    name: 'in a locator',
    files: service("operations: { a: { get: /a, out: { geo.city: '$.a«[' } } }"),
  },
  { code: 'invalid-expression', name: 'in a template', route: steps("assign: { user.name: '${ cart.sum +« }' }") },
  { code: 'invalid-expression', name: 'that is not closed', route: steps("assign: { user.name: 'a «${ cart.sum ' }") },
  {
    code: 'unknown-operator',
    name: 'in a template',
    route: steps('assign: { user.name: { «$defualt: [ a ] } }'),
    help: /\$default/,
  },
  { code: 'missing-key', name: 'of an operator', route: steps('assign: { product.ids: «{ $each: [a] } }') },
]

describe('checked at load: types, paths and expressions', () => testCases(cases))
