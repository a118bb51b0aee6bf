import { type Example, type Page, route } from './page.ts'
import { exampleProject } from './project.ts'

const dictionary = exampleProject['config/dictionary.yaml']!

const banners = `match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`

const versions = (to: string) => ({
  'config/services/content.yaml': `service: content
versions:
  stable: { endpoints: [http://127.0.0.1:9001], weight: 9 }
  canary: { endpoints: [http://127.0.0.1:9006] }
split: { match: [{ when: "request.query.preview == 'yes'", to: ${to} }] }
operations:
  banners: { get: /banners, out: { banner.list: $.items } }
`,
})

const usesPreset = (use: string, more = '') => ({
  'config/gateway.yaml': `listen: 8080\npresets:\n  standard: { call: { timeout: 300ms } }\n${more && `  ${more}\n`}`,
  'config/services/content.yaml': `service: content
endpoints: [http://127.0.0.1:9001]
use: ${use}
operations:
  banners: { get: /banners, out: { banner.list: $.items } }
`,
})

/** A gateway with a scheme. */
const withUser = (otherwise: string): Example => ({
  'config/gateway.yaml': `listen: 8080
auth: { user: { jwt: { issuer: 'https://id.example.com/', audience: shop } } }
defaults: { auth: ${otherwise} }
`,
})

/** Rules of names: that they are names, and that something has them. */
export const namePages = {
  'invalid-color-name': {
    why: 'A color is read as `$.user.id` and `user.id`, so its name is segments of letters, digits and underscores. Its first segment must not be a name of the context: `request`, `steps`, `item`, `index`, `error`.',
    fix: 'Choose another first segment.',
    wrong: { 'config/dictionary.yaml': `${dictionary}  request.city:  { type: string }\n` },
    right: { 'config/dictionary.yaml': `${dictionary}  origin.city:   { type: string }\n` },
  },
  'color-prefix': {
    why: 'Colors are members of one document. `user.id` and `user.id.raw` cannot both be: one would have to hold the other, and writing one would change both.',
    fix: 'Rename the inner one, or describe it as a property of the outer one.',
    wrong: { 'config/dictionary.yaml': `${dictionary}  user.id.raw:   { type: string }\n` },
    right: { 'config/dictionary.yaml': `${dictionary}  user.rawId:    { type: string }\n` },
  },
  'invalid-type': {
    why: 'The type of a color is a JSON Schema: requests are checked against it, text is converted to it, expressions are checked with it. One that is no JSON Schema checks nothing.',
    fix: 'Types are `string`, `integer`, `number`, `boolean`, `object`, `array` and `null`.',
    wrong: { 'config/dictionary.yaml': `${dictionary}  page.number:   { type: int }\n` },
    right: { 'config/dictionary.yaml': `${dictionary}  page.number:   { type: integer }\n` },
  },
  'unknown-color': {
    why: 'A value that travels through a route has a color, and colors stand in the dictionary, with their type and how sensitive they are. One that does not stand there is nearly always a slip of the pen.',
    fix: 'Correct the name, or declare the color in the dictionary.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { city: $.geo.town, asked: $.geo.city }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { city: $.geo.city }
`),
  },
  'unknown-service': {
    why: 'A route calls services by the names that their files in the catalogue give them.',
    fix: 'Correct the name, or add a file for the service.',
    wrong: route(banners.replace('content.banners', 'contents.banners')),
    right: route(banners),
  },
  'unknown-preset': {
    why: '`use` names sets of policies that the gateway’s file has under `presets`. Of one that is not there nothing would hold.',
    fix: 'Correct the name, or declare the preset.',
    wrong: usesPreset('standart'),
    right: usesPreset('standard'),
  },
  'unused-preset': {
    why: 'No service, operation, step or route says `use` of it, so what it says holds nowhere: perhaps it was meant for something that has other policies now.',
    fix: 'Use it, or remove it.',
    wrong: usesPreset('standard', 'slow: { call: { timeout: 3s } }'),
    right: usesPreset('[standard, slow]', 'slow: { call: { timeout: 3s } }'),
  },
  'unknown-version': {
    why: 'A rule of a split, or a mirror, names a version that the service does not have: the calls that it is about would go nowhere.',
    fix: 'Correct the name, or declare the version.',
    wrong: versions('canry'),
    right: versions('canary'),
  },
  'unknown-operation': {
    why: 'A route calls operations that the file of the service declares: only there it stands what they take and give.',
    fix: 'Correct the name, add the operation to the file of the service, or write it in place: `invoke: { service: …, get: … }`.',
    wrong: route(banners.replace('content.banners', 'content.banner')),
    right: route(banners),
  },
  'unknown-step': {
    why: '`$.steps.<id>` is the record of a call: its status, source and body. A name that no call of this route has would give nothing, always.',
    fix: 'An invoke is called by its `id`, or by the name of its operation.',
    wrong: route(`match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list, source: $.steps.baners.source }
`),
    right: route(`match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list, source: $.steps.banners.source }
`),
  },
  'unknown-error-code': {
    why: 'A catch that waits for an error which nothing in its try can raise never runs. Mostly the code is misspelt, or the service names its statuses otherwise.',
    fix: 'Use a code that an operation names under `errors:`, one of a `throw`, `http-<status>`, or one of the gateway: `timeout`, `unavailable`, …',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - try:
      - invoke: users.profile
    catch:
      - errors: [user-mising]
        do: [{ assign: { user.name: nobody } }]
response:
  body: { name: $.user.name }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - try:
      - invoke: users.profile
    catch:
      - errors: [user-missing]
        do: [{ assign: { user.name: nobody } }]
response:
  body: { name: $.user.name }
`),
  },
  'name-out-of-scope': {
    why: '`item` and `index` are the element at hand, inside a `forEach` or an `$each`; `error` is the failure at hand, inside a `catch`. Anywhere else they are nothing.',
    fix: 'Move what reads it inside, or assign it to a color there.',
    wrong: route(`match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list, first: $.item.id }
`),
    right: route(`match: GET /home
do:
  - invoke: content.banners
response:
  body:
    $each: $.banner.list
    $map: { id: $.item.id }
`),
  },
  'unfilled-claims': {
    why: "Claims are what a checked credential says of who asks. Where nobody is asked they are never there: `claims.role != 'admin'` would hold for everybody, and nobody has a scope.",
    fix: 'Say by `auth` of the route, or by `defaults.auth`, who may ask: then there is somebody.',
    wrong: {
      ...withUser('none'),
      ...route(`match: GET /home
in: { user.id: claims.sub }
do: [ { invoke: users.profile } ]
response: { body: { name: $.user.name } }
`),
    },
    right: {
      ...withUser('user'),
      ...route(`match: GET /home
in: { user.id: claims.sub }
do: [ { invoke: users.profile } ]
response: { body: { name: $.user.name } }
`),
    },
  },
  'unknown-scheme': {
    why: 'A scheme says how it is found out who asks. One that is not there would let nobody in, or, if it were passed over, everybody.',
    fix: 'Declare it under `auth` in the gateway’s file, or write the name of one that is there.',
    wrong: { ...withUser('none'), ...route('match: GET /home\nauth: users\nresponse: { body: hello }\n') },
    right: { ...withUser('none'), ...route('match: GET /home\nauth: user\nresponse: { body: hello }\n') },
  },
  'negated-claim': {
    why: "`claims.role != 'guest'` reads as if it let in who has no role at all. What is compared with something absent cannot be told, so such a request is refused; but whoever reads the file believes otherwise.",
    fix: 'Ask by `has()` first, or say what is to be let in in place of what is not.',
    wrong: {
      ...withUser('user'),
      ...route(`match: GET /home
allow: claims.role != 'guest'
response: { body: hello }
`),
    },
    right: {
      ...withUser('user'),
      ...route(`match: GET /home
allow: has(claims.role) && claims.role != 'guest'
response: { body: hello }
`),
    },
  },
  'public-claims': {
    why: 'A cache that many share gives one user’s answer to the next. An answer that depends on who asks is for him alone, so `public` cannot be true of it.',
    fix: 'Leave `public` out: the gateway itself still keeps an answer for each user.',
    wrong: {
      ...withUser('user'),
      ...route(`match: GET /home
in: { user.id: claims.sub }
do: [ { invoke: users.profile } ]
response: { body: { name: $.user.name } }
cache: { ttl: 1m, public: true }
`),
    },
    right: {
      ...withUser('user'),
      ...route(`match: GET /home
in: { user.id: claims.sub }
do: [ { invoke: users.profile } ]
response: { body: { name: $.user.name } }
cache: { ttl: 1m }
`),
    },
  },
  'duplicate-name': {
    why: 'Metrics, traces and `$.steps.<id>` speak of steps, services and routes by name. Two of one name could not be told apart.',
    fix: 'Give one of them another name. A call without an `id` is numbered by itself.',
    wrong: route(`match: GET /home
do:
  - { id: top, invoke: content.banners }
  - { id: top, invoke: content.banners }
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
do:
  - { id: top, invoke: content.banners }
  - { id: bottom, invoke: content.banners }
response:
  body: { banners: $.banner.list }
`),
  },
} satisfies Record<string, Page>
