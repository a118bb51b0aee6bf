import { createProject } from '../tessera.ts'

/** A shop: enough of everything to write in. */
export const shopFiles = {
  'config/gateway.yaml': 'listen: 127.0.0.1:0\nadmin: { listen: 127.0.0.1:0 }\n',
  'config/dictionary.yaml': `colors:
  geo.city: { type: string, description: Where the client is. }
  user.id: { type: string, sensitivity: pii }
  user.name: { type: object, properties: { zh: { type: string }, en: { type: string } } }
  shelf.items: { type: array, items: { type: object } }
  note: { type: string }
`,
  'config/services/reco.yaml': `service: reco
summary: What somebody may like.
endpoints: [http://127.0.0.1:9]
timeout: 300ms
operations:
  recommend:
    summary: Things to like.
    get: /recommend/{geo.city}
    in: { user.id?: query.user }
    out: { shelf.items: $.items }
    errors: { 404: no-such-city }
  bestsellers:
    get: /bestsellers
    out: { shelf.items: $.items }
`,
  'config/services/users.yaml': `service: users
endpoints: [http://127.0.0.1:9]
operations:
  profile:
    get: /users/{user.id}
    out: { user.name: $.name }
`,
  'routes/home.yaml': `match: GET /home/{city}
in:
  geo.city: path.city
  user.id?: query.user
do:
  - when: has(user.id)
    invoke: users.profile
    optional: true
  - id: picks
    invoke: reco.recommend
    fallback: { invoke: reco.bestsellers }
  - assign: { note: "\${ has(user.id) ? user.id : 'nobody' }" }
response:
  body:
    note: $.note
    name: $.user.name.zh
    items: $.shelf.items
    status: $.steps.picks.status
`,
}

export type Shop = Awaited<ReturnType<typeof createShop>>

export function createShop(changes: Record<string, string> = {}) {
  return createProject({ ...shopFiles, ...changes })
}
