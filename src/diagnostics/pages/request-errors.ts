import { type Page, tested } from './page.ts'

const manyBanners = JSON.stringify(Array.from({ length: 100 }, (_, index) => ({ title: `b${index}` })))

/** Errors of a request as a whole. */
export const requestErrorPages = {
  cancelled: {
    why: 'The call was given up because nobody waits for it any more: the client hung up, or a step beside it in a `parallel` failed. It is seen in traces and metrics; what is answered is the failure that led to it.',
    fix: 'Make what may fail `optional`, or give it a fallback: then the steps beside it go on.',
    wrong: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - parallel:
      - invoke: content.banners
      - invoke: users.profile
response:
  body: { banners: $.banner.list, name: $.user.name }
`,
      `tests:
  - name: content fails, so the profile is not waited for
    request: { path: /home, query: { user: u1 } }
    mocks: { content.banners: { status: 500 }, users.profile: { delay: 200ms, body: { name: Mei } } }
    expect: { status: 502, error: http-500, within: 100ms }
`,
    ),
    right: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - parallel:
      - { invoke: content.banners, optional: true }
      - invoke: users.profile
response:
  body: { banners: { $default: [$.banner.list, []] }, name: $.user.name }
`,
      `tests:
  - name: content fails, the profile still comes
    request: { path: /home, query: { user: u1 } }
    mocks: { content.banners: { status: 500 }, users.profile: { delay: 200ms, body: { name: Mei } } }
    expect: { status: 200, degraded: [banners], body: { banners: [], name: Mei } }
`,
    ),
  },
  'too-much-work': {
    why: 'Answering the request takes more calls than `maxCalls`, or more work than `maxWork`: one for each element or member that templates, paths and expressions visit or make, each comparison, each KB of text, five for each key by which a list is joined, grouped or told apart. It ends the request: no `catch`, `optional` or fallback handles it. It is a 400 where the client gave the most of what was worked on, a 502 where a backend did, a 500 where the route does too much with little.',
    fix: 'Give lists of clients a `maxItems` in the dictionary, so that too long ones are refused at once; ask backends for fewer; take a `$each` out of another, or join by `$join`. Where the route is meant to be large, give it a `maxCalls` or `maxWork` of its own.',
    wrong: tested(
      `match: GET /home
maxWork: 1000
do:
  - invoke: content.banners
response:
  body: { $each: $.banner.list, $map: { $each: $.banner.list, $map: $.item.title } }
`,
      `tests:
  - name: content gives more banners than can be paired
    request: { path: /home }
    mocks: { content.banners: { body: { items: MANY } } }
    expect: { status: 502, error: too-much-work }
`.replace('MANY', manyBanners),
    ),
    right: tested(
      `match: GET /home
maxWork: 1000
do:
  - invoke: content.banners
response:
  body: { $each: $.banner.list, $map: $.item.title }
`,
      `tests:
  - name: each banner is looked at once
    request: { path: /home }
    mocks: { content.banners: { body: { items: MANY } } }
    expect: { status: 200 }
`.replace('MANY', manyBanners),
    ),
  },
  'expression-failed': {
    why: 'A condition or an expression met data that it cannot work with: something that it needs is absent, or of another kind. A guard that cannot be told must not let anybody pass, so the request fails. The log and the trace say which expression it was, the answer does not.',
    fix: 'Say what is to be where something is absent: `has(x) && …`, `x.?y.orValue(…)`, `$default`. What may be anything belongs into a `try`; in a list, `$failed: omit` beside `$each` leaves such an element out.',
    wrong: tested(
      `match: GET /home
do:
  - invoke: content.banners
response:
  body: { twice: '\${ banner.list[0].clicks * 2.0 }' }
`,
      `tests:
  - name: content does not count
    request: { path: /home }
    mocks: { content.banners: { body: { items: [{ id: b1 }] } } }
    expect: { status: 500, error: expression-failed }
`,
    ),
    right: tested(
      `match: GET /home
do:
  - invoke: content.banners
response:
  body: { twice: '\${ banner.list[0].?clicks.orValue(0) * 2.0 }' }
`,
      `tests:
  - name: content does not count
    request: { path: /home }
    mocks: { content.banners: { body: { items: [{ id: b1 }] } } }
    expect: { status: 200, body: { twice: 0 } }
`,
    ),
  },
  'extension-failed': {
    why: 'A step, operator, function or balancer of an extension threw what is no `GatewayError`, or gave what it must not give. The log has its name, its file and the cause, the answer does not.',
    fix: 'Mend the extension. What it cannot work with is its own to tell: by `throw new GatewayError(code, { status, detail })`.',
    wrong: {
      'config/gateway.yaml': 'extensions: ./extensions\n',
      'config/extensions/initials.mjs': initials("name.match(/[A-Z]/g).join('')"),
      ...tested(
        `match: GET /home
response:
  body: { short: "\${ initials('guest') }" }
`,
        `tests:
  - name: there is no capital
    request: { path: /home }
    expect: { status: 500, error: extension-failed }
`,
      ),
    },
    right: {
      'config/gateway.yaml': 'extensions: ./extensions\n',
      'config/extensions/initials.mjs': initials("(name.match(/[A-Z]/g) ?? []).join('')"),
      ...tested(
        `match: GET /home
response:
  body: { short: "\${ initials('guest') }" }
`,
        `tests:
  - name: none is an answer too
    request: { path: /home }
    expect: { status: 200, body: { short: '' } }
`,
      ),
    },
  },
  internal: {
    why: 'The gateway itself could not go on: there is a bug. The log has the cause, the answer does not.',
    fix: 'Look for the trace id in the log, and report what stands there. A route that throws has a code of its own.',
    wrong: tested(
      `match: GET /home
do:
  - throw: { error: internal }
`,
      `tests:
  - name: nobody can tell this from a bug
    request: { path: /home }
    expect: { status: 500, error: internal }
`,
    ),
    right: tested(
      `match: GET /home
do:
  - throw: { error: closed-for-stocktaking, status: 503 }
`,
      `tests:
  - name: the code says what it is
    request: { path: /home }
    expect: { status: 503, error: closed-for-stocktaking }
`,
    ),
  },
} satisfies Record<string, Page>

/** A function of an extension. */
function initials(body: string): string {
  return `import { defineFunction } from 'tessera'

export const initials = defineFunction({
  name: 'initials',
  takes: ['string'],
  gives: 'string',
  summary: 'The capitals of a name.',
  example: "initials('Ada Lovelace')",
  call: (name) => ${body},
})
`
}
