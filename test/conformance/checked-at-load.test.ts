import { describe, expect, test } from '@jest/globals'
import { describeDiagnostic, type ProjectFiles, takeMarks } from '../support/project.ts'
import { diagnosticsOf, pageWorld } from './support/page.ts'

/** The sentences of "Checked at load": a route (or files) with `«` where the one diagnostic points, and its code. */
interface Case {
  code: string
  name: string
  route?: string
  files?: ProjectFiles
  help?: RegExp
}

const inputs = 'in: { user.id: header.x-user-id, geo.city: query.city, user.segment: query.s, cart.sum: query.sum }'
const response = 'response: { body: 1 }'
const steps = (text: string, more = '') => `match: POST /x/{id}\n${more}${inputs}\ndo:\n  - ${text}\n${response}\n`
const service = (text: string): ProjectFiles => ({ 'services/extra': `service: extra\nendpoints: [http://a]\n${text}` })

const cases: Case[] = [
  // Unknown key or kind
  { code: 'unknown-key', name: 'of a route', route: `match: GET /\n«timout: 1s\n${response}`, help: /`timeout`/ },
  {
    code: 'unknown-key',
    name: 'of an invoke',
    route: steps('{ invoke: content.banners, «retries: 2 }'),
    help: /`retry`/,
  },
  {
    code: 'unknown-key',
    name: 'of a retry',
    route: steps('{ invoke: content.banners, retry: { «attempt: 2 } }'),
    help: /`attempts`/,
  },
  {
    code: 'unknown-key',
    name: 'of an inline invoke',
    route: steps('invoke: { service: reco, get: /x, «outs: {} }'),
    help: /`out`/,
  },
  { code: 'unknown-key', name: 'of a branch', route: steps('branch: [ { «wen: true, do: [] } ]'), help: /`when`/ },
  {
    code: 'unknown-key',
    name: 'of a catch',
    route: steps('{ try: [ { invoke: content.banners } ], catch: [ { «error: [all], do: [ empty ] } ] }'),
    help: /`errors`/,
  },
  {
    code: 'unknown-key',
    name: 'of a forEach',
    route: steps('{ forEach: { in: [1], «concurency: 2 }, do: [ empty ] }'),
    help: /`concurrency`/,
  },
  {
    code: 'unknown-key',
    name: 'of a fallback',
    route: steps('{ invoke: content.banners, fallback: { «lastGod: 1m } }'),
    help: /`lastGood`/,
  },
  { code: 'unknown-key', name: 'of a response', route: `match: GET /\nresponse: { «staus: 200 }`, help: /`status`/ },
  { code: 'unknown-key', name: 'of a service', files: service('«endpoint: [http://b]'), help: /`endpoints`/ },
  { code: 'unknown-key', name: 'of an operation', files: service('operations: { a: { get: /a, «ouput: {} } }') },
  { code: 'unknown-key', name: 'of the gateway', files: { gateway: '«listn: 8080' }, help: /`listen`/ },
  {
    code: 'unknown-key',
    name: 'of a part of the gateway',
    files: { gateway: 'defaults: { «timeouts: 1s }' },
    help: /`timeout`/,
  },
  { code: 'unknown-step-kind', name: 'that is near one', route: steps('«paralel: [ empty ]'), help: /`parallel`/ },
  {
    code: 'unknown-key',
    name: 'that stands beside',
    route: steps('forEach: { in: [1], «do: [ { invoke: content.banners } ] }'),
    help: /`do` stands beside `forEach`/,
  },
  {
    code: 'unknown-key',
    name: 'that stands inside',
    route: `match: GET /\n«status: 200\n${response}`,
    help: /`status` stands in `response`/,
  },
  {
    code: 'unknown-step-kind',
    name: 'that is near none',
    route: steps('«http: GET /x'),
    help: /kinds: assign, invoke/,
  },
  { code: 'unknown-step-kind', name: 'as text', route: steps('«nothing'), help: /kinds/ },
  {
    code: 'unknown-step-kind',
    name: 'of two',
    route: steps('{ assign: { cart.sum: 1 }, «invoke: content.banners }'),
    help: /two steps/,
  },
  { code: 'unknown-step-kind', name: 'of none', route: steps('«{ id: x }') },
  {
    code: 'unknown-step-kind',
    name: 'catch without try',
    route: steps('{ «catch: [ { errors: [all], do: [] } ] }'),
    help: /`try`/,
  },
  // Unknown service, operation or color
  { code: 'unknown-service', name: 'of an invoke', route: steps('invoke: «contnt.banners'), help: /`content`/ },
  {
    code: 'unknown-service',
    name: 'of an inline invoke',
    route: steps('invoke: { service: «contnt, get: /x }'),
    help: /`content`/,
  },
  { code: 'unknown-service', name: 'of a passthrough', route: 'match: GET /\nproxy: «contnt', help: /`content`/ },
  {
    code: 'unknown-service',
    name: 'of a fallback',
    route: steps('{ invoke: content.banners, fallback: { invoke: «contnt.promos } }'),
    help: /`content`/,
  },
  { code: 'unknown-operation', name: 'of a service', route: steps('invoke: content.«baners'), help: /`banners`/ },
  { code: 'unknown-operation', name: 'without a service', route: steps('invoke: «banners') },
  { code: 'unknown-color', name: 'in a path', route: steps('assign: { user.name: «$.geo.ciy }'), help: /`geo.city`/ },
  {
    code: 'unknown-color',
    name: 'in an expression',
    route: steps("assign: { user.name: '${ «geo.ciy }' }"),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'in text',
    route: steps("assign: { user.name: 'in ${ «geo.ciy }' }"),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'in a condition',
    route: steps("{ when: «geo.ciy == 'x', empty: }"),
    help: /`geo.city`/,
  },
  { code: 'unknown-color', name: 'that an assign writes', route: steps('assign: { «geo.ciy: x }'), help: /`geo.city`/ },
  {
    code: 'unknown-color',
    name: 'that a with sets',
    route: steps('{ invoke: reco.recommend, with: { «geo.ciy: x } }'),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'that a with sets in vain',
    route: steps('{ invoke: reco.recommend, with: { «cart.sum: 1 } }'),
    help: /it takes/,
  },
  {
    code: 'unknown-color',
    name: 'that a forEach gathers',
    route: steps('{ forEach: { in: [1] }, do: [ empty ], collect: { «product.idz: $.item } }'),
    help: /`product.ids`/,
  },
  {
    code: 'unknown-color',
    name: 'of an operation’s path',
    files: service("operations: { a: { get: '/{«geo.ciy}' } }"),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'that an operation takes',
    files: service('operations: { a: { get: /a, in: { «geo.ciy: query.x } } }'),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'that an operation gives',
    files: service('operations: { a: { get: /a, out: { «geo.ciy: $.x } } }'),
    help: /`geo.city`/,
  },
  {
    code: 'unknown-color',
    name: 'of a request that it does not have',
    route: steps('assign: { user.name: «$.request.heders.x }'),
    help: /`request.headers`/,
  },
  {
    code: 'unknown-step',
    name: 'in a path',
    route: steps('{ invoke: content.banners }\n  - assign: { user.name: «$.steps.baners.body.x }'),
    help: /`banners`/,
  },
  {
    code: 'unknown-path-parameter',
    name: 'in an input',
    route: `match: GET /x/{id}\nin: { geo.city: «path.idd }\n${response}`,
    help: /\{id\}/,
  },
  {
    code: 'unknown-path-parameter',
    name: 'in a path',
    route: steps('assign: { user.name: «$.request.params.idd }'),
    help: /`id`/,
  },
  // An input that nothing before it produces, or that only some branches produce
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
  // Two producers at the same time
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
  // A type that does not fit
  { code: 'type-mismatch', name: 'of an assign', route: steps('assign: { cart.sum: «much }'), help: /^$/ },
  { code: 'type-mismatch', name: 'of an assigned color', route: steps('assign: { cart.sum: «$.geo.city }') },
  {
    code: 'type-mismatch',
    name: 'of an assigned expression',
    route: steps("assign: { user.name: «'${ cart.sum + 1 }' }"),
  },
  { code: 'type-mismatch', name: 'of a value that is not listed', route: steps('assign: { user.segment: «nobody }') },
  { code: 'type-mismatch', name: 'of a with', route: steps('{ invoke: reco.recommend, with: { geo.city: «1 } }') },
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
  // A cycle in flow; a parallel step that reads its sibling
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
  // An invalid JSONPath or CEL
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
  // A step's timeout over the route's
  { code: 'timeout-over-budget', name: 'of a step', route: steps('{ invoke: content.banners, timeout: «2s }') },
  {
    code: 'timeout-over-budget',
    name: 'of an inline invoke',
    route: steps('invoke: { service: content, get: /x, timeout: «2s }'),
  },
  {
    code: 'timeout-over-budget',
    name: 'with a budget of its own',
    route: steps('{ invoke: content.banners, timeout: «2s }', 'timeout: 1900ms\n'),
    help: /line 2/,
  },
  // Two routes for one path
  {
    code: 'duplicate-route',
    name: 'by another parameter',
    files: { 'routes/a': `match: GET /a/{x}\n${response}`, 'routes/b': `match: «GET /a/{y}\n${response}` },
  },
  {
    code: 'duplicate-route',
    name: 'by a passthrough',
    files: { 'routes/a': 'match: GET /a/*x\nproxy: reco', 'routes/b': `match: «GET /a/*y\n${response}` },
  },
  // A secret that reaches a response
  { code: 'secret-in-response', name: 'by itself', route: secret('response: { body: { t: «$.payment.token } }') },
  {
    code: 'secret-in-response',
    name: 'by a header',
    route: secret('response: { headers: { x-t: «$.payment.token } }'),
  },
  { code: 'secret-in-response', name: 'by text', route: secret("response: { body: 'x ${ «payment.token }' }") },
  { code: 'secret-in-response', name: 'by its namespace', route: secret('response: { body: «$.payment }') },
  { code: 'secret-in-response', name: 'by the whole context', route: secret('response: { body: «$ }') },
  {
    code: 'secret-in-response',
    name: 'by another color',
    route: secret("  - assign: { user.name: '${ payment.token + geo.city }' }\nresponse: { body: «$.user.name }"),
  },
  {
    code: 'secret-in-response',
    name: 'by an operator',
    route: secret('response: { body: { $default: [ «$.payment.token, x ] } }'),
  },
  { code: 'secret-in-response', name: 'by a respond', route: secret('  - respond: { body: «$.payment.token }') },
  {
    code: 'secret-in-response',
    name: 'by a throw',
    route: secret("  - throw: { error: odd, title: 'for ${ «payment.token }' }"),
  },
  {
    code: 'secret-in-response',
    name: 'by the request that brought it',
    route: secret(`response: { body: '«$.request.headers["x-token"]' }`),
  },
  {
    code: 'secret-in-response',
    name: 'by the answer that gave it',
    route: steps('{ id: pay, invoke: { service: pricing, post: /p, out: { payment.token: $.t } } }').replace(
      response,
      'response: { body: «$.steps.pay.body.t }',
    ),
  },
  // A retry of a method that is not idempotent
  {
    code: 'unsafe-retry',
    name: 'of a step',
    route: steps('{ invoke: { service: pricing, post: /p }, «retry: { attempts: 2 } }'),
    help: /idempotency-key/,
  },
  { code: 'unsafe-retry', name: 'of a PATCH', route: steps('{ invoke: { service: pricing, patch: /p }, «retry: {} }') },
  {
    code: 'unsafe-retry',
    name: 'of an operation',
    route: steps('invoke: extra.a'),
    files: service('operations: { a: { post: /a, «retry: { attempts: 3 } } }'),
  },
  {
    code: 'unknown-error-code',
    name: 'that a retry waits for',
    route: steps('{ invoke: content.banners, retry: { on: [«timeuot] } }'),
    help: /`timeout`/,
  },
  // An output that nothing uses (hint)
  { code: 'unused-output', name: 'of an assign', route: steps('assign: { «user.name: x }') },
  {
    code: 'unused-output',
    name: 'of an operation',
    route: steps('invoke: extra.a'),
    files: service('operations: { a: { get: /a, out: { «user.name: $.x } } }'),
  },
]

function secret(rest: string): string {
  return `match: GET /\nin: { payment.token: header.x-token, geo.city: query.c }\ndo:\n  - empty\n${rest}\n`
}

describe('checked at load', () => {
  test.each(cases)('$code $name', ({ code, route, files, help }) => {
    const taken = takeMarks({ ...files, ...(route !== undefined && { 'routes/home': route }) })
    const found = diagnosticsOf(taken.files).filter((one) => one.severity !== 'hint' || one.code === code)
    const about = found.filter((one) => one.code !== 'unused-output' || code === 'unused-output')
    expect(about.map(describeDiagnostic)).toHaveLength(1)
    const [only] = about
    expect(`${only!.code} ${only!.at.file}:${only!.at.line}:${only!.at.column}`).toBe(`${code} ${taken.marks[0]}`)
    if (help && help.source !== '^$') expect(only!.help).toMatch(help)
  })
})
