import { describe } from '@jest/globals'
import { type Case, response, service, steps, testCases } from '../../support/conformance/checked.ts'

const cases: Case[] = [
  {
    code: 'color-never-produced',
    name: 'that a call needs',
    route: `match: GET /\ndo: [ { invoke: «user.profile } ]\n${response}`,
  },
  {
    code: 'color-never-produced',
    name: 'that a body of an operation reads',
    route: `match: GET /\ndo: [ { invoke: «extra.a } ]\n${response}`,
    files: service('operations: { a: { post: /a, body: { id: $.user.id } } }'),
  },
  {
    code: 'color-never-produced',
    name: 'that a header of a service reads',
    route: `match: GET /\ndo: [ { invoke: «extra.a } ]\n${response}`,
    files: service('headers: { x-user: $.user.id }\noperations: { a: { get: /a } }'),
  },
  {
    code: 'color-never-produced',
    name: 'that a response reads',
    route: 'match: GET /\nresponse: { body: { x: «$.user.id } }',
  },
  {
    code: 'color-never-produced',
    name: 'that stays inside its forEach',
    route: steps(
      '{ forEach: { in: [1] }, do: [ { invoke: content.banners } ] }\n  - assign: { product.prices: «$.banner.list }',
    ),
    help: /collect/,
  },
  {
    code: 'color-read-before-produced',
    name: 'that a later call gives',
    route: steps('invoke: «pricing.prices\n  - invoke: reco.recommend'),
    help: /`recommend`/,
  },
  {
    code: 'color-read-before-produced',
    name: 'that a later assign gives',
    route: `match: GET /\ndo:\n  - assign: { user.name: «$.user.id }\n  - assign: { user.id: x }\n${response}`,
    help: /line 4/,
  },
  {
    code: 'color-maybe-absent',
    name: 'that one arm produces',
    route: steps('branch: [ { when: cart.sum > 1, do: [ { invoke: reco.recommend } ] } ]\n  - invoke: «pricing.prices'),
  },
  {
    code: 'color-maybe-absent',
    name: 'that a condition may leave out',
    route: steps('{ when: cart.sum > 1, invoke: reco.recommend }\n  - invoke: «pricing.prices'),
    help: /has/,
  },
  {
    code: 'color-maybe-absent',
    name: 'that the client may leave out',
    route: `match: GET /\nin: { user.id?: query.u }\ndo: [ { invoke: «user.profile } ]\n${response}`,
    help: /has\(user.id\)/,
  },
  {
    code: 'color-maybe-absent',
    name: 'that a catch may not produce',
    route: steps(
      '{ try: [ { invoke: reco.recommend } ], catch: [ { errors: [all], do: [ empty ] } ] }\n  - invoke: «pricing.prices',
    ),
  },
  {
    code: 'color-from-optional',
    name: 'that an optional call gives',
    route: steps('{ invoke: reco.recommend, optional: true }\n  - invoke: «pricing.prices'),
  },
  {
    code: 'two-producers',
    name: 'in a parallel',
    route: steps('parallel: [ { invoke: content.banners }, { invoke: «content.promos } ]'),
    help: /one after the other/,
  },
  {
    code: 'two-producers',
    name: 'in a flow',
    route: steps('flow: [ { invoke: content.banners }, { invoke: «content.promos } ]'),
  },
  {
    code: 'two-producers',
    name: 'deep inside',
    route: steps(
      'parallel: [ { sequence: [ { assign: { user.name: a } } ] }, { when: cart.sum > 1, assign: { «user.name: b } } ]',
    ),
  },
  {
    code: 'flow-cycle',
    name: 'of two',
    route: steps(
      "flow:\n      - «assign: { user.name: '${ product.ids[0] }' }\n      - assign: { product.ids: '${ [user.name] }' }",
    ),
  },
  {
    code: 'sibling-read',
    name: 'of a color',
    route: steps('parallel: [ { invoke: reco.recommend }, { invoke: «pricing.prices } ]'),
    help: /flow/,
  },
  {
    code: 'sibling-read',
    name: 'of a record',
    route: steps('parallel: [ { invoke: content.banners }, { assign: { user.name: «$.steps.banners.body.x } } ]'),
  },
  { code: 'unused-output', name: 'of an assign', route: steps('assign: { «user.name: x }') },
  {
    code: 'unused-output',
    name: 'of an operation',
    route: steps('invoke: extra.a'),
    files: service('operations: { a: { get: /a, out: { «user.name: $.x } } }'),
  },
]

describe('checked at load: the flow of data', () => testCases(cases))
