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

const paid = (durable: string, call: string) => `match: POST /orders
${durable}in: { cart.sum: $.sum }
do:
  - ${call}
response:
  body: { order: $.order.id }
`

/** Of a gateway that keeps durable runs. */
const kept = { 'config/gateway.yaml': 'listen: 8080\nstores: { durable: ./data }\n' }

const undone = '{ invoke: orders.pay, compensate: { invoke: orders.refund } }'

/** Rules of what stands in which step. */
export const stepPages = {
  'invalid-compensation': {
    why: 'What undoes a call is sent again until it is known to be done, and after a restart once more: sent twice it must do the same as once. Only a durable route knows what it did, so only there anything is undone.',
    fix: 'Make the route `durable: true`. Where the service promises that the operation may be repeated, say so: `idempotent: true`.',
    wrong: { ...kept, ...route(paid('', undone)) },
    right: { ...kept, ...route(paid('durable: true\n', undone)) },
  },
  'uncompensated-call': {
    why: 'A crash may come between a call and its answer. Then nobody knows whether it was carried out: one that may be repeated is sent again, one that can be undone is undone. Neither is possible here, and what it did would be left behind.',
    fix: 'Say how it is undone by `compensate`. Where its service does the same for the same `Idempotency-Key`, give the operation `idempotent: true`.',
    wrong: { ...kept, ...route(paid('durable: true\n', 'invoke: orders.pay')) },
    right: { ...kept, ...route(paid('durable: true\n', undone)) },
  },
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
