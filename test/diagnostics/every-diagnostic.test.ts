import { describe, expect, test } from '@jest/globals'
import { type DiagnosticCode, diagnosticCodes } from '../../src/diagnostics/codes.ts'
import { buildSnapshot } from '../../src/plan/build.ts'
import { describeDiagnostic, type ProjectFiles, projectTexts, takeMarks, world } from '../support/project.ts'

interface Case {
  code: DiagnosticCode
  name: string
  /** Files that replace or join the world's; `«` marks where the diagnostic points. */
  files: ProjectFiles
  help?: RegExp
  /** Hints and warnings that come with it and are not what the case is about. */
  besides?: DiagnosticCode[]
}

const withUser = (otherwise: string): ProjectFiles => ({
  gateway: `auth: { user: { jwt: { issuer: 'https://id.example/', audience: a } } }\ndefaults: { auth: ${otherwise} }`,
})
const route = (text: string): ProjectFiles => ({ 'routes/home': `match: GET /home\n${text}` })

/** A gateway that keeps durable runs. */
const kept: ProjectFiles = { gateway: 'stores: { durable: ./data }' }
const undoable = (idempotent: boolean): ProjectFiles => ({
  ...kept,
  'services/shop': `service: shop\nendpoints: [http://127.0.0.1:9]\noperations: { undo: { post: /undo, idempotent: ${idempotent}, in: { cart.sum: $.sum } } }`,
})

const cases: Case[] = [
  { code: 'file-too-large', name: 'a file of more than 1 MB', files: { gateway: `«# ${'x'.repeat(1_100_000)}` } },
  {
    code: 'yaml-syntax',
    name: 'a bracket that is not closed',
    files: { gateway: 'listen: 8080\ntrustedProxies: [\n«' },
  },
  { code: 'duplicate-key', name: 'a key that stands twice', files: { gateway: 'listen: 8080\n«listen: 8081\n' } },
  {
    code: 'unknown-preset',
    name: 'a preset that nobody made',
    files: {
      gateway: 'presets: { slow: { call: { timeout: 5s } } }',
      ...route(
        'do: [ { invoke: reco.recommend, use: «slwo, with: { geo.city: x, user.segment: vip } } ]\nresponse: { body: 1 }',
      ),
    },
    help: /slow/,
  },
  {
    code: 'open-admin',
    name: 'an admin listener that others reach',
    files: { gateway: 'admin: { listen: «0.0.0.0:9900 }' },
    help: /tessera-ignore open-admin/,
  },
  {
    code: 'unverified-service',
    name: 'a service that nobody looks at',
    files: { 'services/far': 'service: far\nendpoints: [https://far.test]\ntls: { verify: «false }' },
    help: /ca: /,
  },
  {
    code: 'invalid-extension',
    name: 'extensions that lie elsewhere',
    files: { gateway: 'extensions: [./own, «../others]' },
    help: /below the directory/,
  },
  {
    code: 'unsafe-key',
    name: 'a key that reaches for the prototype',
    files: route('response: { body: { «__proto__: 1 } }'),
  },
  {
    code: 'missing-env',
    name: 'a variable that is not set',
    files: { gateway: 'listen: «${env.NOWHERE}\n' },
    help: /default/,
  },
  {
    code: 'literal-braces',
    name: 'the braces of another language of templates',
    files: route('response: { body: "Hello «{{ user.name }}" }'),
    help: /write `\$\{ user.name \}`/,
  },
  {
    code: 'missing-secret',
    name: 'a file of a secret that is not there',
    files: route('response: { headers: { x-a: "«${file:nowhere}" } }'),
    help: /default/,
  },
  {
    code: 'unknown-key',
    name: 'a slip in a key',
    files: route('«respnse: { body: 1 }\nresponse: { body: 1 }'),
    help: /response/,
  },
  { code: 'missing-key', name: 'a route without match', files: { 'routes/home': '«response: { body: 1 }' } },
  {
    code: 'invalid-value',
    name: 'a duration without its unit',
    files: route('timeout: «800\nresponse: { body: 1 }'),
    help: /150ms/,
  },
  {
    code: 'unknown-step-kind',
    name: 'a kind that does not exist',
    files: route('do: [ { «invok: content.banners } ]\nresponse: { body: $.banner.list }'),
    help: /invoke/,
  },
  {
    code: 'unfilled-claims',
    name: 'a guard on claims that nobody fills',
    files: route('do: [ { throw: { error: no }, when: "«request.claims.role != \'admin\'" } ]'),
    help: /auth/,
  },
  {
    code: 'unfilled-claims',
    name: 'a JSONPath to claims',
    files: route('response: { body: { who: «$.request.claims.sub } }'),
  },
  {
    code: 'unfilled-claims',
    name: 'a scope where nobody is asked',
    files: { ...withUser('none'), ...route("«scopes: ['a']\nresponse: { body: 1 }") },
    help: /auth/,
  },
  {
    code: 'unknown-scheme',
    name: 'a scheme that the gateway does not have',
    files: { ...withUser('none'), ...route('auth: «users\nresponse: { body: 1 }') },
    help: /`user`/,
  },
  {
    code: 'unknown-scheme',
    name: 'a default that the gateway does not have',
    files: { gateway: 'defaults: { auth: «user }', ...route('response: { body: 1 }') },
  },
  {
    code: 'missing-key',
    name: 'a scheme, and nobody says where it holds',
    files: {
      gateway: "«auth: { user: { jwt: { issuer: 'https://id.example/', audience: a } } }",
      ...route('response: { body: 1 }'),
    },
    help: /none/,
  },
  {
    code: 'negated-claim',
    name: 'a claim that is denied unasked',
    files: { ...withUser('user'), ...route("allow: «claims.role != 'guest'\nresponse: { body: 1 }") },
    help: /has\(claims\.role\)/,
  },
  {
    code: 'negated-claim',
    name: 'a claim in what is denied',
    files: { ...withUser('user'), ...route('allow: "!(«claims.role in [\'guest\'])"\nresponse: { body: 1 }') },
  },
  {
    code: 'late-key',
    name: 'an `allow` that looks into the body',
    files: { ...withUser('user'), ...route('allow: «request.body.a == claims.a\nresponse: { body: 1 }') },
  },
  {
    code: 'public-claims',
    name: 'an answer for one that all may keep',
    files: {
      ...withUser('user'),
      ...route('response: { body: { who: $.claims.sub } }\n«cache: { ttl: 1m, public: true }'),
    },
  },
  {
    code: 'absent-in-expression',
    name: 'a condition that works with a header',
    files: route("do: [ { throw: { error: no }, when: \"«request.headers['x-v'].startsWith('1')\" } ]"),
    help: /orValue/,
  },
  {
    code: 'unknown-operator',
    name: 'an operator that does not exist',
    files: route('response: { body: { «$marge: [] } }'),
    help: /\$merge/,
  },
  {
    code: 'invalid-locator',
    name: 'a place that does not exist',
    files: route('in: { geo.city: «qery.city }\nresponse: { body: $.geo.city }'),
  },
  { code: 'invalid-jsonpath', name: 'a path with a hole', files: route('response: { body: "$.geo«[" }') },
  {
    code: 'invalid-expression',
    name: 'an expression that ends too early',
    files: route("in: { cart.sum: { from: query.s, default: 1 } }\nresponse: { body: '${ cart.sum + }' }"),
  },
  {
    code: 'unsafe-pattern',
    name: 'a pattern that can hang',
    files: route(
      'in: { geo.city: query.c }\ndo: [ { when: \'geo.city.matches(«"(a+)+$")\', assign: { cart.sum: 1 } } ]\nresponse: { body: $.cart.sum }',
    ),
  },
  {
    code: 'invalid-color-name',
    name: 'a color named after a part of the context',
    files: {
      dictionary: 'colors:\n  «request.id: { type: string }\n',
      'services/reco': 'service: reco\nendpoints: [http://a]',
      'services/user': 'service: user\nendpoints: [http://a]',
      'services/content': 'service: content\nendpoints: [http://a]',
    },
    help: /reserved/,
  },
  {
    code: 'color-prefix',
    name: 'a color inside a color',
    files: { dictionary: `${world.dictionary}  «user.id.raw: { type: string }\n` },
  },
  {
    code: 'invalid-type',
    name: 'a type that JSON Schema does not know',
    files: { dictionary: `${world.dictionary}  geo.x: «{ type: strng }\n` },
  },
  {
    code: 'unknown-color',
    name: 'a slip in a color',
    files: route('in: { user.segment: query.s }\nresponse: { body: «$.user.segmant }'),
    help: /user\.segment.*dictionary\.yaml:4/,
  },
  {
    code: 'unknown-service',
    name: 'a service that is not there',
    files: route(
      'in: { geo.city: query.c, user.segment: query.s }\ndo: [ { invoke: «recoo.recommend } ]\nresponse: { body: $.product.list }',
    ),
    help: /reco/,
  },
  {
    code: 'unknown-version',
    name: 'a rule that leads to no version',
    files: {
      'services/spare': `service: spare
versions: { stable: { endpoints: [http://127.0.0.1:9] }, canary: { endpoints: [http://127.0.0.1:9] } }
split:
  match: [ { when: "user.segment == 'vip'", to: «canry } ]`,
    },
    help: /canary/,
  },
  {
    code: 'unknown-version',
    name: 'a mirror to a version that is not there',
    files: {
      'services/spare': `service: spare
versions: { stable: { endpoints: [http://127.0.0.1:9] }, canary: { endpoints: [http://127.0.0.1:9] } }
mirror: { to: «spare@next }`,
    },
    help: /stable, canary/,
  },
  {
    code: 'unknown-operation',
    name: 'an operation that is not there',
    files: route(
      'in: { geo.city: query.c, user.segment: query.s }\ndo: [ { invoke: reco.«recomend } ]\nresponse: { body: $.product.list }',
    ),
    help: /recommend/,
  },
  {
    code: 'unknown-step',
    name: 'the record of a call that is not made',
    files: route('do: [ { invoke: content.banners } ]\nresponse: { body: «$.steps.baners.body }'),
    help: /banners/,
  },
  {
    code: 'unknown-error-code',
    name: 'a catch for what nothing raises',
    files: route(
      'do: [ { try: [ { invoke: content.banners } ], catch: [ { errors: [«sesion-expired], do: [ empty ] } ] } ]\nresponse: { body: $.banner.list }',
    ),
  },
  { code: 'name-out-of-scope', name: 'item outside forEach', files: route('response: { body: «$.item.id }') },
  {
    code: 'duplicate-name',
    name: 'two steps with one id',
    files: route(
      'do: [ { id: b, invoke: content.banners }, { id: «b, invoke: content.banners } ]\nresponse: { body: $.banner.list }',
    ),
  },
  {
    code: 'color-never-produced',
    name: 'a color that nothing gives',
    files: route('response: { body: «$.product.list }'),
  },
  {
    code: 'color-read-before-produced',
    name: 'a color read too early',
    files: route(
      'in: { geo.city: query.c }\ndo:\n  - invoke: «reco.recommend\n  - assign: { user.segment: vip }\nresponse: { body: $.product.list }',
    ),
    help: /flow/,
  },
  {
    code: 'color-maybe-absent',
    name: 'a color that one arm gives',
    files: route(
      "in: { geo.city: query.c }\ndo:\n  - branch: [ { when: geo.city == 'x', do: [ { assign: { user.segment: vip } } ] }, { default: [ empty ] } ]\n  - invoke: «reco.recommend\nresponse: { body: $.product.list }",
    ),
  },
  {
    code: 'color-from-optional',
    name: 'a need that hangs on an optional step',
    files: route(
      'in: { geo.city: query.c, user.id: query.u }\ndo:\n  - { invoke: user.profile, optional: true }\n  - invoke: «reco.recommend\nresponse: { body: $.product.list }',
    ),
  },
  {
    code: 'sibling-read',
    name: 'a read of what runs at the same time',
    files: route(
      'in: { geo.city: query.c, user.id: query.u }\ndo:\n  - parallel:\n      - invoke: user.profile\n      - invoke: «reco.recommend\nresponse: { body: $.product.list }',
    ),
    help: /flow/,
  },
  {
    code: 'two-producers',
    name: 'two writers at the same time',
    files: route(
      'do:\n  - parallel:\n      - assign: { cart.sum: 1 }\n      - assign: { «cart.sum: 2 }\nresponse: { body: $.cart.sum }',
    ),
  },
  {
    code: 'flow-cycle',
    name: 'a circle',
    files: route(
      "do:\n  - flow:\n      - «assign: { cart.sum: '${ order.total + 1 }' }\n      - assign: { order.total: '${ cart.sum + 1 }' }\nresponse: { body: $.cart.sum }",
    ),
  },
  {
    code: 'type-mismatch',
    name: 'a text for a number',
    files: route('do: [ { assign: { cart.sum: «much } } ]\nresponse: { body: $.cart.sum }'),
  },
  {
    code: 'unreachable-step',
    name: 'a step behind the end',
    files: route(
      'do:\n  - throw: { error: gone, status: 410 }\n  - «invoke: content.banners\nresponse: { body: $.banner.list }',
    ),
  },
  {
    code: 'unused-preset',
    name: 'a preset that nothing uses',
    files: { gateway: 'presets: { «slow: { call: { timeout: 3s } } }' },
  },
  {
    code: 'unused-output',
    name: 'a color that nobody reads',
    files: route('do: [ { assign: { «cart.sum: 1 } } ]\nresponse: { body: 1 }'),
  },
  {
    code: 'invalid-arm',
    name: 'an arm of `first` that changes something',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { first: [ { «invoke: user.pay }, { assign: { payment.token: x } } ] } ]\nresponse: { body: { ok: true } }',
    ),
    besides: ['unused-output'],
  },
  {
    code: 'misplaced-respond',
    name: 'an arm of `first` that ends the route',
    files: route(
      'do: [ { first: [ { invoke: content.banners }, { sequence: [ { assign: { banner.list: [] } }, { «respond: { status: 204 } } ] } ] } ]\nresponse: { body: $.banner.list }',
    ),
  },
  {
    code: 'unknown-part',
    name: 'a part that is not there',
    files: {
      'parts/shelf': 'do: [ { invoke: content.banners } ]\nout: [ banner.list ]',
      ...route('do: [ { part: «shell } ]\nresponse: { body: $.banner.list }'),
    },
    help: /did you mean `shelf`/,
  },
  {
    code: 'part-in-circle',
    name: 'a part that runs in itself',
    files: {
      'parts/shelf': 'do: [ { part: «shelf } ]\nout: [ banner.list ]',
      ...route('do: [ { part: shelf } ]\nresponse: { body: $.banner.list }'),
    },
  },
  {
    code: 'timeout-over-budget',
    name: 'a step that may outlast its route',
    files: route(
      'timeout: 500ms\ndo: [ { invoke: content.banners, timeout: «2s } ]\nresponse: { body: $.banner.list }',
    ),
  },
  {
    code: 'unused-budget',
    name: 'a route that gives its one call more than the call has',
    files: route('«timeout: 5s\ndo: [ { invoke: content.banners } ]\nresponse: { body: $.banner.list }'),
    help: /`timeout`/,
  },
  {
    code: 'unsafe-retry',
    name: 'a POST that is retried',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay, «retry: { attempts: 3 } } ]\nresponse: { body: { ok: true } }',
    ),
    help: /idempotency-key/,
  },
  {
    code: 'unsafe-hedge',
    name: 'a POST that is sent twice at once',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay, «hedge: { after: 50ms } } ]\nresponse: { body: { ok: true } }',
    ),
  },
  {
    code: 'unsafe-mirror',
    name: 'a POST that is copied',
    files: {
      'services/user': world['services/user'].replace(
        'pay: { post: /pay,',
        'pay: { «mirror: { to: reco }, post: /pay,',
      ),
    },
    help: /unsafe: true/,
  },
  {
    code: 'unsafe-cache',
    name: 'a POST whose answer is kept',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay, «cache: { ttl: 30s } } ]\nresponse: { body: { ok: true } }',
    ),
  },
  {
    code: 'unsafe-cache',
    name: 'a POST that is to share the answer of another',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay, «coalesce: true } ]\nresponse: { body: { ok: true } }',
    ),
  },
  {
    code: 'unsafe-cache',
    name: 'a route that is kept and calls a POST',
    files: route(
      'in: { cart.sum: query.s }\ncache: { ttl: 30s }\ndo: [ { «invoke: user.pay } ]\nresponse: { body: { ok: true } }',
    ),
  },
  {
    code: 'unsafe-cache',
    name: 'a POST route that is kept',
    files: { 'routes/home': 'match: POST /home\n«cache: { ttl: 30s }\nresponse: { body: { ok: true } }' },
  },
  {
    code: 'uncacheable-route',
    name: 'a kept answer with the id of one request in it',
    files: route('cache: { ttl: 30s }\nresponse: { body: { id: «$.request.id } }'),
  },
  {
    code: 'late-key',
    name: 'a limit by what a step finds out',
    files: route('limit: { rate: 10/s, by: «banner.list }\nresponse: { body: 1 }'),
    help: /input/,
  },
  {
    code: 'unbounded-list',
    name: 'a list looped for calls',
    files: route(
      'in: { product.ids: query.ids }\ndo: [ { «forEach: { in: $.product.ids, as: product.ids, batch: 5 }, do: [ { invoke: content.prices } ], collect: { product.prices: $.price.list } } ]\nresponse: { body: $.product.prices }',
    ),
    help: /maxItems/,
  },
  {
    code: 'secret-in-response',
    name: 'a secret by way of another color',
    files: route(
      'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay }, { assign: { user.id: $.payment.token } } ]\nresponse: { body: { token: «$.user.id } }',
    ),
  },
  {
    code: 'duplicate-route',
    name: 'two files for one path',
    files: {
      'routes/a': 'match: GET /x/{a}\nresponse: { body: 1 }',
      'routes/b': 'match: «GET /x/{b}\nresponse: { body: 1 }',
    },
  },
  { code: 'invalid-match', name: 'a match without path', files: { 'routes/a': 'match: «GET\nresponse: { body: 1 }' } },
  {
    code: 'unknown-path-parameter',
    name: 'a parameter that the path lacks',
    files: route('in: { geo.city: «path.city }\nresponse: { body: $.geo.city }'),
  },
  {
    code: 'content-type-mismatch',
    name: 'a body of JSON under another name',
    files: { 'routes/home': 'match: GET /home\nresponse: { headers: { content-type: «text/plain }, body: hello }' },
    help: /encode: text/,
  },
  {
    code: 'content-type-mismatch',
    name: 'a body of one format under the name of another',
    files: {
      'routes/home': 'match: GET /home\nresponse: { encode: csv, headers: { content-type: «text/html }, body: [] }',
    },
  },
  {
    code: 'content-type-mismatch',
    name: 'an `encode` of nothing',
    files: { 'routes/home': 'match: GET /home\nresponse: { «encode: text }' },
  },
  {
    code: 'content-type-mismatch',
    name: 'a charset that nothing is written in',
    files: {
      'routes/home':
        'match: GET /home\nresponse: { encode: text, headers: { content-type: «text/plain;charset=gbk }, body: hi }',
    },
  },
  {
    code: 'content-type-mismatch',
    name: 'a boundary of its own',
    files: {
      'routes/home':
        'match: GET /home\nresponse: { encode: multipart, headers: { content-type: «multipart/form-data }, body: { a: 1 } }',
    },
  },
  {
    code: 'raw-in-part',
    name: 'a body as it came as a part of another',
    files: { 'routes/home': 'match: POST /home\nresponse: { body: { all: «$.request.raw } }' },
  },
  {
    code: 'cross-site-body',
    name: 'a form with a cookie, from any page',
    files: {
      'routes/home':
        'match: POST /home\n«decode: [json, form]\nin: { user.id: cookie.sid, geo.city: $.city }\nresponse: { body: $.geo.city, headers: { x-user: $.user.id } }',
    },
  },
  {
    code: 'cross-site-body',
    name: 'a POST with a cookie of which no body is read, from any page',
    files: {
      'routes/home':
        '«match: POST /home\nin: { user.id: cookie.sid, geo.city: query.city }\nresponse: { body: $.geo.city, headers: { x-user: $.user.id } }',
    },
  },
  {
    code: 'invalid-value',
    name: 'a body that is the same for all and cannot be written as it should',
    files: route('do: [ { invoke: content.banners } ]\nresponse: { encode: csv, body: «{ a: 1 } }'),
  },
  {
    code: 'failure-in-answer',
    name: 'all of an error in an answer',
    files: route(
      'do: [ { try: [ { invoke: content.banners } ], catch: [ { errors: [all], do: [ { respond: { body: { e: «$.error } } } ] } ] } ]\nresponse: { body: $.banner.list }',
    ),
  },
  {
    code: 'reserved-header',
    name: 'a header of the connection',
    files: { 'routes/home': 'match: GET /home\nresponse: { headers: { «Transfer-Encoding: chunked }, body: 1 }' },
    help: /leave it away/,
  },
  {
    code: 'reserved-header',
    name: 'a header of the CORS protocol beside `cors`',
    files: {
      'routes/home':
        "match: GET /home\ncors: { origins: ['https://app.example.com'] }\nresponse: { headers: { «Access-Control-Allow-Origin: '*' }, body: 1 }",
    },
    help: /`cors` of the route/,
  },
  {
    code: 'invalid-value',
    name: 'credentials for every page there is',
    files: { gateway: "cors: { origins: ['*'], credentials: «true }" },
    help: /list the `origins`/,
  },
  {
    code: 'invalid-value',
    name: 'an origin that is `null`',
    files: { gateway: "cors: { origins: ['https://a.test', «'null'] }" },
  },
  {
    code: 'invalid-value',
    name: 'subdomains of no time at all',
    files: { gateway: 'securityHeaders: { hsts: false, subdomains: «true }' },
  },
  {
    code: 'unknown-key',
    name: 'a slip in `securityHeaders`',
    files: { gateway: 'securityHeaders: { «frames: deny }' },
  },
  {
    code: 'invalid-value',
    name: 'a coding that there is not',
    files: { gateway: 'compress: { encodings: [br, «deflate] }' },
  },
  {
    code: 'unknown-key',
    name: 'a slip in `cors` of a route',
    files: { 'routes/home': "match: GET /home\ncors: { «origin: ['https://a.test'] }\nresponse: { body: 1 }" },
  },
  {
    code: 'untrusted-header',
    name: 'an input of a header that nobody is trusted with',
    files: { 'routes/home': 'match: GET /home\nin: { «geo.city: header.x_city }\nresponse: { body: $.geo.city }' },
    help: /trustedProxies/,
  },
  {
    code: 'untrusted-header',
    name: 'a condition on a header that nobody is trusted with',
    files: {
      'routes/home': "match: GET /home\nresponse: { body: { it: '«$.request.headers.x-forwarded-proto' } }",
    },
  },
  {
    code: 'unstreamable-page',
    name: 'a list that is to go out in parts',
    files: route('response: { stream: true, body: «[ 1, 2 ] }'),
    help: /object/,
  },
  {
    code: 'invalid-graphql',
    name: 'a query that does not close its brace',
    files: {
      'services/shop':
        "service: shop\nendpoints: [http://127.0.0.1:9]\noperations: { list: { graphql: '{ items { id «', out: { product.list: $.items } } }",
    },
  },
  {
    code: 'invalid-trigger',
    name: 'a stream that is nowhere',
    files: {
      ...kept,
      'routes/home': 'on: «{ stream: orders, group: g }\ndo: [{ wait: 1s }]',
    },
    help: /streams/,
  },
  {
    code: 'invalid-durable',
    name: 'a durable route, and nowhere to keep its runs',
    files: route('«durable: true\nresponse: { body: 1 }'),
    help: /stores/,
  },
  {
    code: 'invalid-durable',
    name: 'a person in a database that everybody can read who has it',
    files: {
      gateway: 'stores: { durable: postgres://runs@127.0.0.1/runs }',
      ...route('«durable: true\nin: { user.id: query.u }\nresponse: { body: $.user.id }'),
    },
    help: /durableKey/,
  },
  {
    code: 'invalid-durable',
    name: 'two calls of one name in a durable route',
    files: {
      ...kept,
      ...route(
        'durable: true\ndo: [ { invoke: content.banners }, { «invoke: content.banners } ]\nresponse: { body: 1 }',
      ),
    },
    help: /id/,
  },
  {
    code: 'invalid-durable',
    name: 'a page in parts of a durable route',
    files: { ...kept, ...route('«durable: true\nresponse: { stream: true, body: { a: 1 } }') },
    help: /stream/,
  },
  {
    code: 'invalid-compensation',
    name: 'a call that is undone where nothing is recorded',
    files: {
      ...undoable(true),
      ...route(
        'in: { cart.sum: query.s }\ndo: [ { invoke: user.pay, compensate: { invoke: «shop.undo } } ]\nresponse: { body: 1 }',
      ),
    },
    help: /durable: true/,
  },
  {
    code: 'invalid-compensation',
    name: 'what undoes a call may not be sent twice',
    files: {
      ...undoable(false),
      ...route(
        'durable: true\nin: { cart.sum: query.s }\ndo: [ { invoke: user.pay, compensate: { invoke: «shop.undo } } ]\nresponse: { body: 1 }',
      ),
    },
    help: /idempotent: true/,
  },
  {
    code: 'invalid-compensation',
    name: 'a call is to be undone that nothing undoes',
    files: {
      ...kept,
      ...route(
        'durable: true\ndo: [ { try: [ { invoke: content.banners } ], catch: [ { errors: [all], do: [ { «compensate: [banners] } ] } ] } ]\nresponse: { body: 1 }',
      ),
    },
  },
  {
    code: 'uncompensated-call',
    name: 'a POST that nothing undoes',
    files: {
      ...kept,
      ...route('durable: true\nin: { cart.sum: query.s }\ndo: [ { «invoke: user.pay } ]\nresponse: { body: 1 }'),
    },
    help: /compensate/,
  },
  {
    code: 'useless-silence',
    name: 'a silence of what is not there',
    files: route('response: { body: 1 } «# tessera-ignore unused-output: nobody reads it yet'),
    help: /remove/,
  },
]

describe('every diagnostic', () => {
  test.each(cases)('$code: $name', ({ code, files: marked, help, besides = [] }) => {
    const { files, marks } = takeMarks({ ...world, ...marked })
    const { snapshot, diagnostics } = buildSnapshot(projectTexts(files))
    const found = diagnostics.filter((diagnostic) => diagnostic.code === code)
    // The world's operations give more than a small route uses.
    const expected: DiagnosticCode[] = [code, 'unused-output', ...besides]
    const others = diagnostics.filter((diagnostic) => !expected.includes(diagnostic.code))
    expect(others.map(describeDiagnostic)).toEqual([])
    if (marks.length > 0) expect(found.map(({ at }) => `${at.file}:${at.line}:${at.column}`)).toEqual(marks)
    else expect(found).toHaveLength(1)
    if (help) expect(found[0]!.help).toMatch(help)
    expect(snapshot === undefined).toBe(diagnosticCodes[code].severity === 'error')
  })

  test('file-passed-over: a file whose name says that it is none of them', () => {
    const texts = { ...projectTexts(world), passedOver: ['routes/old.YAML'] }
    const told = buildSnapshot(texts).diagnostics.filter(({ code }) => code === 'file-passed-over')
    expect(told.map(({ severity, at }) => [severity, at.file])).toEqual([['warning', 'routes/old.YAML']])
  })

  test('is in the table above, or in a test of its own', () => {
    const elsewhere: DiagnosticCode[] = ['file-unreadable', 'file-passed-over', 'expired-certificate']
    const covered = new Set([...cases.map(({ code }) => code), ...elsewhere])
    expect(Object.keys(diagnosticCodes).filter((code) => !covered.has(code as DiagnosticCode))).toEqual([])
  })
})
