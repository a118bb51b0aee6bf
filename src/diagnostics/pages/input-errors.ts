import { tested } from './page.ts'

/** Errors of what a call or a route needs and was not given. */
export const inputErrorPages = {
  'missing-input': {
    why: 'A call needs a color that was not there when its turn came. Loading makes sure that something gives it; here a backend answered without it.',
    fix: 'Give the call before a fallback that assigns the color, or let the operation do without: `user.segment?`.',
    wrong: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`,
      `tests:
  - name: users answers without a segment
    request: { path: /home, query: { user: u1 } }
    mocks: { users.segment: { body: {} } }
    expect: { status: 502, error: missing-input }
`,
    ),
    right: tested(
      `match: GET /home
in: { user.id: query.user }
do:
  - invoke: users.segment
    fallback: { assign: { user.segment: anonymous } }
  - invoke: reco.recommend
response:
  body: { ids: $.product.ids }
`,
      `tests:
  - name: users answers without a segment
    request: { path: /home, query: { user: u1 } }
    mocks: { users.segment: { body: {} }, reco.recommend: { body: { items: [{ id: p1 }] } } }
    expect: { status: 200, degraded: [segment], body: { ids: [p1] } }
`,
    ),
  },
  'invalid-input': {
    why: 'The request does not fit: a value that is needed is missing, or one is not of its color’s type. The answer names every fault at once. A value that cannot stand where it goes (a dot segment in a path) is refused in the same way.',
    fix: 'It is for the client to mend. What may be absent is written with a `?`, or given a default.',
    wrong: tested(
      `match: GET /home
in: { geo.city: query.city }
response:
  body: { city: $.geo.city }
`,
      `tests:
  - name: no city
    request: { path: /home }
    expect: { status: 400, error: invalid-input }
`,
    ),
    right: tested(
      `match: GET /home
in: { geo.city: { from: query.city, default: paris } }
response:
  body: { city: $.geo.city }
`,
      `tests:
  - name: no city
    request: { path: /home }
    expect: { status: 200, body: { city: paris } }
`,
    ),
  },
}
