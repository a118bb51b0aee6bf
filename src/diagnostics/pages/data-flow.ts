import { type Page, route } from './page.ts'

/** Rules of who gives what to whom. */
export const dataFlowPages = {
  'color-never-produced': {
    why: 'Something reads a color that nothing in the route gives: no operation it calls, no assign, and the request does not bring it. What is written inside a `forEach` stays there.',
    fix: 'Take it from the request with `in`, call an operation that gives it, or assign it. Out of a forEach it comes with `collect`.',
    wrong: route(`match: GET /home
do:
  - invoke: users.profile
response:
  body: { name: $.user.name }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.profile
response:
  body: { name: $.user.name }
`),
  },
  'color-read-before-produced': {
    why: 'The step that gives the color runs after the one that reads it, so the reader would find nothing.',
    fix: 'Change their order, or put both into a `flow`, which finds the order by itself.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - invoke: reco.recommend
  - invoke: users.segment
response:
  body: { ids: $.product.ids }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
  },
  'color-maybe-absent': {
    why: 'A call needs the color, and only some of the ways that lead to it give it: one arm of a branch, a step with a `when`, or a request that may leave it out. On the others the call would fail with `missing-input`.',
    fix: 'Give it on every way, or guard the step: `when: has(user.segment)`. An input that an operation can do without is written with a `?`.',
    wrong: route(`match: GET /home
in: { user.id?: query.user }
do:
  - when: has(user.id)
    invoke: users.segment
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
    right: route(`match: GET /home
in: { user.id?: query.user }
do:
  - branch:
      - { when: has(user.id), do: [{ invoke: users.segment }] }
      - default: [{ assign: { user.segment: anonymous } }]
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
  },
  'color-from-optional': {
    why: 'The step that gives the color is optional: when it fails, its outputs stay absent, and then the call that needs them fails in its place.',
    fix: 'Give the optional step a fallback that assigns the color, guard the call with `when: has(…)`, or make it optional too.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
    optional: true
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
    fallback: { assign: { user.segment: anonymous } }
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
  },
  'absent-in-expression': {
    why: 'A header, a query parameter, a cookie, the output of an optional step may be absent. Compared with `==`, `!=` or `in` that is a value like no other; whatever else is done with it fails the expression, and with it the request: `expression-failed`, status 500.',
    fix: 'Say what is to be then: `has(x) && …`, `x.?y.orValue(…)`, or `$default`. What the route cannot do without is taken with `in`, which refuses a request that lacks it.',
    wrong: route(`match: GET /home
do:
  - throw: { error: too-old, status: 426 }
    when: request.headers['x-app'].startsWith('1.')
`),
    right: route(`match: GET /home
do:
  - throw: { error: too-old, status: 426 }
    when: request.headers[?'x-app'].orValue('').startsWith('1.')
`),
  },
  'sibling-read': {
    why: 'The steps of a `parallel` begin together. What one of them writes is there sooner or later than the other reads it, as the network has it.',
    fix: 'Put one after the other, or make the parallel a `flow`: it starts each step as soon as what it reads is there.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - parallel:
      - invoke: users.segment
      - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - flow:
      - invoke: users.segment
      - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`),
  },
  'two-producers': {
    why: 'Two steps that run at the same time write one color, and the slower one would win: the answer would depend on the network.',
    fix: 'Let one of them write another color, or run them one after the other. Exclusive arms of a branch may both write one.',
    wrong: route(`match: GET /home
do:
  - parallel:
      - assign: { cart.sum: 1 }
      - assign: { cart.sum: 2 }
response:
  body: { sum: $.cart.sum }
`),
    right: route(`match: GET /home
do:
  - parallel:
      - assign: { cart.sum: 1 }
      - assign: { cart.total: 2 }
response:
  body: { sum: $.cart.sum, total: $.cart.total }
`),
  },
  'flow-cycle': {
    why: 'A `flow` starts a step when what it reads is there. Steps that read what each other write would wait for ever.',
    fix: 'Take one of the reads away, or have one of the colors come from elsewhere.',
    wrong: route(`match: GET /home
do:
  - flow:
      - assign: { cart.sum: '\${ cart.total - 1.0 }' }
      - assign: { cart.total: '\${ cart.sum + 1.0 }' }
response:
  body: { sum: $.cart.sum }
`),
    right: route(`match: GET /home
in: { cart.sum: query.sum }
do:
  - flow:
      - assign: { cart.total: '\${ cart.sum + 1.0 }' }
response:
  body: { sum: $.cart.sum, total: $.cart.total }
`),
  },
  'type-mismatch': {
    why: 'The dictionary says what type a color has, and a value of another type is on its way to it. The same holds for what stands in a path, a header or a query: only single values fit there.',
    fix: 'Convert the value (`int(…)`, `string(…)`), or correct the type in the dictionary.',
    wrong: route(`match: GET /home
do:
  - assign: { cart.sum: a lot }
response:
  body: { sum: $.cart.sum }
`),
    right: route(`match: GET /home
do:
  - assign: { cart.sum: 12.5 }
response:
  body: { sum: $.cart.sum }
`),
  },
  'unreachable-step': {
    why: 'The step before it always ends the route, with an answer or an error, so this one never runs.',
    fix: 'Give the ending step a `when`, or remove what follows it.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
do:
  - throw: { error: closed, status: 503 }
  - assign: { cart.sum: 1 }
response:
  body: { city: $.geo.city, sum: $.cart.sum }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
do:
  - when: geo.city == 'atlantis'
    throw: { error: closed, status: 503 }
  - assign: { cart.sum: 1 }
response:
  body: { city: $.geo.city, sum: $.cart.sum }
`),
  },
  'unused-output': {
    why: 'Nothing reads the color: perhaps a part of the answer was forgotten, perhaps the step is no longer needed. It costs work in every request.',
    fix: 'Use the color, or remove the step. What a service gives and no route uses may stay, with a comment that says why.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
do:
  - assign: { cart.sum: 1 }
response:
  body: { city: $.geo.city }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
do:
  - assign: { cart.sum: 1 }
response:
  body: { city: $.geo.city, sum: $.cart.sum }
`),
  },
} satisfies Record<string, Page>
