import { type Page, route } from './page.ts'

const greeting = `in: [user.id]
do:
  - invoke: users.profile
out: [user.name]
`

const greeted = (part: string) => `match: GET /home
in: { user.id: query.user }
do:
  - part: ${part}
response:
  body: { name: $.user.name }
`

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
  'unknown-part': {
    why: 'A step runs a part that no file in `parts` declares: by its `name`, or else by the name of the file.',
    fix: 'Correct the name, or write the part.',
    wrong: { 'parts/greeting.yaml': greeting, ...route(greeted('greetings')) },
    right: { 'parts/greeting.yaml': greeting, ...route(greeted('greeting')) },
  },
  'part-in-circle': {
    why: 'A part that runs in itself, directly or by way of others, would never end. And parts that run others twice, which do so too, soon are more than anybody means: a route runs 200 at most.',
    fix: 'Take the steps that both need into a part of their own. What is to be done again is a `repeat`, or a `forEach`.',
    wrong: {
      'parts/greeting.yaml': greeting.replace('- invoke: users.profile', '- part: greeting'),
      ...route(greeted('greeting')),
    },
    right: { 'parts/greeting.yaml': greeting, ...route(greeted('greeting')) },
  },
} satisfies Record<string, Page>
