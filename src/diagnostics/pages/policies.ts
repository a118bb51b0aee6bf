import { type Page, route } from './page.ts'

/** Rules of time, repetition and secrecy. */
export const policyPages = {
  'timeout-over-budget': {
    why: 'The budget of the route cuts every attempt, so a longer timeout of a step never comes to pass: what it says is not what happens.',
    fix: 'Shorten the timeout of the step, or give the route more time.',
    wrong: route(`match: GET /home
timeout: 500ms
do:
  - { invoke: content.banners, timeout: 2s }
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
timeout: 500ms
do:
  - { invoke: content.banners, timeout: 300ms }
response:
  body: { banners: $.banner.list }
`),
  },
  'unused-budget': {
    why: 'A `timeout` of a route is for all of it. An attempt of a call has its own, a second unless somebody says more, so a backend that needs longer fails long before the route’s time is over.',
    fix: 'Give the step, its operation or its service a `timeout`, or all calls by `defaults: { timeout: … }` of the gateway. Where a second is right, say it: then it is no accident.',
    wrong: route(`match: GET /home
timeout: 5s
do:
  - { invoke: content.banners }
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
timeout: 5s
do:
  - { invoke: content.banners, timeout: 4s }
response:
  body: { banners: $.banner.list }
`),
  },
  'unbounded-list': {
    why: 'A list of which nobody says how long it is makes as many calls as it has elements, or as many values as two lists have pairs. `maxCalls` and `maxWork` end such a request, but late, and as `too-much-work`.',
    fix: 'Give the color a `maxItems` in the dictionary: of a client, a longer list is refused at once. Or give the route a `maxCalls` (`maxWork` for `$each`) of its own, which says that it was thought of.',
    wrong: route(`match: GET /home
do:
  - { invoke: content.banners }
response:
  body: { $each: $.banner.list, $map: { $each: $.banner.list, $map: $.item.title } }
`),
    right: route(`match: GET /home
maxWork: 100K
do:
  - { invoke: content.banners }
response:
  body: { $each: $.banner.list, $map: { $each: $.banner.list, $map: $.item.title } }
`),
  },
  'late-key': {
    why: 'Requests are counted, queued and shed before their body is read and before a step runs: what a step finds out, or what stands in the body, comes too late for that.',
    fix: 'Go by a part of the request (`request.ip`, `request.headers.x-tenant`) or by a color that the route takes from the path, the query, a header or a cookie.',
    wrong: route(`match: GET /home
limit: { rate: 10/s, by: banner.list }
do:
  - { invoke: content.banners }
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
limit: { rate: 10/s, by: request.ip }
do:
  - { invoke: content.banners }
response:
  body: { banners: $.banner.list }
`),
  },
  'unsafe-retry': {
    why: 'A POST or PATCH that failed may have been carried out all the same; sent again, the customer pays twice. Only methods that may be repeated are retried (RFC 9110 section 9.2.2), and calls that send an `idempotency-key`.',
    fix: 'Leave the retry away, or send a key that makes one order of many tries: `headers: { idempotency-key: … }`.',
    wrong: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
    retry: { attempts: 3 }
response:
  body: { id: $.order.id }
`),
    right: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
response:
  body: { id: $.order.id }
`),
  },
  'unsafe-hedge': {
    why: 'A hedge sends the same request twice at once, and both may be carried out. A POST or PATCH that is sent twice pays twice. Only methods that may be repeated are hedged (RFC 9110 section 9.2.2), and calls that send an `idempotency-key`.',
    fix: 'Leave the hedge away. On a service it holds for the operations that may be repeated only, and may stay.',
    wrong: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
    hedge: { after: 50ms }
response:
  body: { id: $.order.id }
`),
    right: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
response:
  body: { id: $.order.id }
`),
  },
  'unsafe-mirror': {
    why: 'A copy of a POST, PUT, PATCH or DELETE changes something where it goes: a second order, a second mail, unless what is there is made for it. So only GET and HEAD are copied by themselves.',
    fix: 'Leave the mirror away, or say that it may: `unsafe: true`. On a service it holds for its GET and HEAD operations only, and may stay.',
    wrong: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke:
      service: orders
      post: /orders
      in: { cart.sum: $.sum }
      out: { order.id: $.id }
      mirror: { to: content }
response:
  body: { id: $.order.id }
`),
    right: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke:
      service: orders
      post: /orders
      in: { cart.sum: $.sum }
      out: { order.id: $.id }
response:
  body: { id: $.order.id }
`),
  },
  'unsafe-cache': {
    why: 'A POST, PUT, PATCH or DELETE is to change something. Answered from a cache, or by the answer of another call, it would change nothing and say it had (RFC 9110 section 9.2.1). A whole route is kept only if it is a GET and calls nothing else.',
    fix: 'Leave `cache` and `coalesce` away there. On a service they hold for its GET and HEAD operations only, and may stay.',
    wrong: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
    cache: { ttl: 30s }
response:
  body: { id: $.order.id }
`),
    right: route(`match: POST /orders
in: { cart.sum: $.sum }
do:
  - invoke: orders.pay
response:
  body: { id: $.order.id }
`),
  },
  'uncacheable-route': {
    why: 'A whole answer is kept for requests that are alike in all that the route reads of them. What every request has for itself (its id, its body, all of its headers, the whole context) makes each answer fit one request only.',
    fix: 'Read what is meant: `request.headers.accept-language` in place of all headers. Or leave `cache` away.',
    wrong: route(`match: GET /home
cache: { ttl: 30s }
response:
  body: { headers: $.request.headers }
`),
    right: route(`match: GET /home
cache: { ttl: 30s }
response:
  body: { language: $.request.headers.accept-language }
`),
  },
  'cross-site-body': {
    why: 'A page of any site can have its visitor’s browser send a form or a text here, and the browser adds the cookies that it has for us: the request looks like one of the visitor’s own (cross-site request forgery). JSON cannot be sent so without asking first. A POST of which no body is read is answered whatever its body is.',
    fix: 'List the sites whose pages may: `origin: [https://app.example.com]`. Requests of others are refused with 403.',
    wrong: route(`match: POST /cart
decode: [form]
in: { user.id: cookie.sid, cart.sum: $.sum }
do: [ { invoke: orders.pay } ]
response: { body: { order: $.order.id, user: $.user.id } }
`),
    right: route(`match: POST /cart
decode: [form]
origin: [https://app.example.com]
in: { user.id: cookie.sid, cart.sum: $.sum }
do: [ { invoke: orders.pay } ]
response: { body: { order: $.order.id, user: $.user.id } }
`),
  },
  'failure-in-answer': {
    why: 'What a backend answers when it fails (`error` in a `catch`, `steps.….failure`) may tell of its insides: queries, addresses, stack traces. As a whole it reaches no client, not even by way of a color.',
    fix: 'Name the members that a client may see: `$.error.code`, `$.error.headers.retry-after`, or one that you know in `$.error.body`.',
    wrong: route(`match: GET /home
in: { user.id: query.user }
do:
  - try: [ { invoke: users.profile } ]
    catch: [ { errors: [user-missing], do: [ { respond: { status: 404, body: $.error } } ] } ]
response: { body: $.user.name }
`),
    right: route(`match: GET /home
in: { user.id: query.user }
do:
  - try: [ { invoke: users.profile } ]
    catch: [ { errors: [user-missing], do: [ { respond: { status: 404, body: { code: $.error.code } } } ] } ]
response: { body: $.user.name }
`),
  },
  'secret-in-response': {
    why: 'A color that the dictionary calls `secret` never leaves by an answer: not by itself, not by way of a color that is made from it, and not in anything that contains a place where it is: another output of the same answer, the body or the headers of the request, the record of a call, the body of an error. What lies inside it is secret too.',
    fix: 'Name the members that may be sent (`$.card.id`, `$pick`, `$omit`), or send something else. Whether it is there may be told: `${ has(payment.token) }`. If it is no secret at all, say so in the dictionary.',
    wrong: route(`match: POST /orders
in: { payment.token: $.token }
response:
  body: { token: $.payment.token }
`),
    right: route(`match: POST /orders
in: { payment.token?: $.token }
response:
  body: { paid: '\${ has(payment.token) }' }
`),
  },
} satisfies Record<string, Page>
