import { type Page, route } from './page.ts'

/** Rules of what stands in which step. */
export const stepPages = {
  'invalid-arm': {
    why: 'The arms of a `first` run at once, and all but one of them are called off. One that writes no color has nothing to win with; a call that changes something may have been carried out or not.',
    fix: 'Let each arm write what the `first` is for. What changes something comes before the `first`, or behind it.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - first:
      - invoke: users.segment
      - empty
response:
  body: { segment: $.user.segment }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - first:
      - invoke: users.segment
      - sequence: [{ wait: 100ms }, { assign: { user.segment: anonymous } }]
response:
  body: { segment: $.user.segment }
`),
  },
  'misplaced-respond': {
    why: 'A `respond` ends the whole route. In an arm of a `first` another arm may still count, and a part does not know which routes it stands in.',
    fix: 'Write a color there, and respond in the route, behind it.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - first:
      - invoke: users.segment
      - sequence: [{ assign: { user.segment: anonymous } }, { respond: { status: 404 } }]
response:
  body: { segment: $.user.segment }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - first:
      - invoke: users.segment
      - sequence: [{ wait: 100ms }, { assign: { user.segment: anonymous } }]
  - when: user.segment == 'anonymous'
    respond: { status: 404 }
response:
  body: { segment: $.user.segment }
`),
  },
} satisfies Record<string, Page>
