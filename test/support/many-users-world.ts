import type { IncomingMessage, ServerResponse } from 'node:http'

/** Of the gateway's file: every request is to be answered, however busy the machine. */
export const answersAll = 'overload: false\n'

/**
 * A small world to look for answers that reach the wrong user: every way in which answers are kept, shared, made twice
 * and stood in for, and a backend that puts into each answer whose it is.
 */
export const manyUsersFiles = (backend: string) => ({
  dictionary: `
colors:
  user.id: { type: string, sensitivity: pii }
  page.number: { type: string }
  own.text: { type: object }
  account.text: { type: object }
  public.text: { type: object }
  token.text: { type: object }
  order.text: { type: object }
  shelf.text: { type: object }
  list.text: { type: object }
  entry.ids: { type: array, items: { type: string } }
  entry.id: { type: string }
  entry.text: { type: object }
  entry.list: { type: array, items: { type: object } }
`,
  'services/mine': `
service: mine
endpoints: [${backend}]
headers: { authorization: $.request.headers.authorization }
timeout: 5s
breaker: { errorRate: 10%, minCalls: 20, window: 1s, open: 50ms }
operations:
  own:     { get: /own, in: { page.number?: query.page }, out: { own.text: $ }, cache: { ttl: 200ms, stale: 2s, staleIfError: 10s } }
  account: { get: '/account/{user.id}', out: { account.text: $ }, coalesce: true, fallback: { lastGood: 1m } }
  token:   { get: /token, out: { token.text: $ }, coalesce: true }
  order:   { get: /order, out: { order.text: $ }, hedge: { after: 20ms } }
  list:    { get: /list, out: { list.text: $, entry.ids: $.ids } }
  entry:   { get: '/entry/{entry.id}', out: { entry.text: $ }, cache: { ttl: 500ms, stale: 5s } }
`,
  'services/ours': `
service: ours
endpoints: [${backend}]
timeout: 5s
operations:
  public: { get: /public, in: { page.number?: query.page }, out: { public.text: $ }, cache: { ttl: 1s, stale: 1s } }
`,
  'services/shelves': `
service: shelves
versions:
  old: { endpoints: [${backend}], weight: 70 }
  new: { endpoints: [${backend}], weight: 30 }
split: { sticky: user.id }
headers: { authorization: $.request.headers.authorization }
timeout: 5s
operations:
  shelf: { get: '/shelf/{user.id}', out: { shelf.text: $ }, cache: { ttl: 1s, stale: 5s } }
`,
  'routes/page': `
match: GET /page
in: { user.id: header.x-user-id, page.number?: query.page }
do:
  - parallel:
      - { invoke: mine.own, optional: true }
      - { invoke: mine.account, optional: true }
      - { invoke: mine.token, optional: true }
      - { invoke: ours.public, optional: true }
response:
  body: { own: $.own.text, account: $.account.text, token: $.token.text, public: $.public.text }
`,
  'routes/personal': `
match: GET /personal
in: { user.id: header.x-user-id }
do:
  - parallel:
      - { invoke: mine.order, optional: true }
      - { invoke: shelves.shelf, optional: true }
response:
  body: { order: $.order.text, shelf: $.shelf.text }
`,
  'routes/list': `
match: GET /list
in: { user.id: header.x-user-id }
do:
  - { invoke: mine.list, optional: true }
  - forEach: { in: $.entry.ids, as: entry.id }
    do: [ { invoke: mine.entry, optional: true } ]
    collect: { entry.list: $.entry.text }
response:
  body: { list: $.list.text, entry: $.entry.list }
`,
  'routes/whole': `
match: GET /whole
in: { user.id: header.x-user-id }
cache: { ttl: 300ms }
etag: true
do: [ { invoke: mine.account, optional: true } ]
response: { body: { account: $.account.text } }
`,
})

/** Calls from one time of trouble to the next, and how many of them fail then: enough to open a breaker. */
const troubleEvery = 5_000
const troubleCalls = 200

/**
 * Answers with who asks by what was rendered; a token is given once, as `no-store` or with a cookie. One in 40 fails,
 * and now and then most do for a while; one in 7 orders takes 60 ms.
 */
export function createManyUsersBackend(): (request: IncomingMessage, response: ServerResponse) => void {
  let count = 0
  return (request, response) => {
    const nonce = ++count
    const { url = '', headers } = request
    const [, kind, id = null] = url.split('?')[0]!.split('/')
    const whose = headers.authorization ?? null
    response.setHeader('content-type', 'application/json')
    if (kind === 'token') {
      if (nonce % 2 === 0) response.setHeader('cache-control', 'no-store')
      else response.setHeader('set-cookie', `t=${nonce}`)
    } else if (kind === 'own' && nonce % 5 === 0) response.setHeader('cache-control', 'private')
    const owner = whose?.slice('Bearer '.length)
    const ids = kind === 'list' ? { ids: [1, 2, 3].map((number) => `${owner}-${number}`) } : {}
    const isTroubled = nonce % troubleEvery < troubleCalls && nonce > troubleEvery
    if (nonce % 40 === 0 || isTroubled) response.statusCode = 503
    const text = JSON.stringify({ kind, whose, id, nonce, ...ids })
    const waitMs = kind === 'order' && nonce % 7 === 0 ? 60 : nonce % 3 === 0 ? nonce % 7 : 0
    if (waitMs === 0) response.end(text)
    else setTimeout(() => response.end(text), waitMs)
  }
}
