import { type Page, route } from './page.ts'

const durableHome = `match: GET /home
durable: true
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`

const keeping = { 'config/gateway.yaml': 'listen: 8080\nstores: { durable: ./data }\n' }

/** Rules of which request goes where. */
export const routePages = {
  'invalid-durable': {
    why: 'A durable run goes on after a crash from what was recorded of it. So there is a place where it is kept, and what it does can be recorded: no page in parts, no body as it came, no answer of before, and each call by a name of its own.',
    fix: 'Give the gateway’s file `stores: { durable: ./data }`, or a PostgreSQL that several gateways share. Leave away what the message names.',
    wrong: route(durableHome),
    right: { ...route(durableHome), ...keeping },
  },
  'invalid-trigger': {
    why: 'A route with `on` is begun by time, by the end of another route, or by a message. So there is no request to read of, and nobody to answer; the stream stands in `streams` of the gateway’s file, and a route that is followed is durable, and does not follow in turn.',
    fix: 'Take what it needs by `in`: `trigger.time` and `trigger.last`, or `message.data`, `message.key` and the like.',
    wrong: { ...route('on: { after: order }\ndo: [{ wait: 1m }]\n'), ...keeping },
    right: { ...route('on: { every: 1h }\ndo: [{ wait: 1m }]\n'), ...keeping },
  },
  'duplicate-route': {
    why: 'Two routes would answer the same requests. The names of path parameters make no difference, a literal segment does: `/products/new` and `/products/{id}` may both be. Or a listener answers them itself, at its `health`.',
    fix: 'Change the path or the method of one of them.',
    wrong: {
      'routes/product.yaml': 'match: GET /products/{id}\nresponse: { body: product }\n',
      'routes/thing.yaml': 'match: GET /products/{name}\nresponse: { body: thing }\n',
    },
    right: {
      'routes/product.yaml': 'match: GET /products/{id}\nresponse: { body: product }\n',
      'routes/thing.yaml': 'match: GET /things/{name}\nresponse: { body: thing }\n',
    },
  },
  'unstreamable-page': {
    why: 'With `stream` each member of the body goes out by itself, as JSON, to who asks for `text/event-stream` or `application/jsonl`. A list, a text, or what one operator makes has no members that are there one after the other; nor has what is written as XML or CSV.',
    fix: 'Write the `body` as an object. Or leave `stream` away.',
    wrong: route('match: GET /home\nresponse: { stream: true, body: hello }\n'),
    right: route('match: GET /home\nresponse: { stream: true, body: { greeting: hello } }\n'),
  },
  'invalid-match': {
    why: 'A match is one method and one path: `GET /mobile/{city}/*rest`. A segment is text, a {parameter}, or at the end a *rest that takes all that follows.',
    fix: 'Write it in this form. A query is no part of it: parameters are taken with `in: { …: query.x }`.',
    wrong: route('match: /home\nresponse: { body: hello }\n'),
    right: route('match: GET /home\nresponse: { body: hello }\n'),
  },
  'untrusted-header': {
    why: 'What proxies say of a client (`forwarded`, `x-forwarded-*`, `x-real-ip`, `x-envoy-*`, `x-auth-request-*`, `x-amzn-oidc-*`, `x-ms-client-principal*`, and every name with `_`, which many a backend reads as one with `-`) is taken out of a request unless a trusted proxy sent it: anybody could write it. Where no proxy is trusted it is never there.',
    fix: 'List the proxies in `trustedProxies`. For the client’s address read `request.ip`; let a client’s own header have a name of its own, without `_`.',
    wrong: {
      'routes/home.yaml': `match: GET /home
in: { user.id: header.x-auth-request-user }
response: { body: { id: $.user.id } }
`,
    },
    right: {
      'config/gateway.yaml': 'trustedProxies: [10.0.0.0/8]\n',
      'routes/home.yaml': `match: GET /home
in: { user.id: header.x-auth-request-user }
response: { body: { id: $.user.id } }
`,
    },
  },
  'unknown-path-parameter': {
    why: 'A color is taken from a part of the path that the match does not have, so it would never be there.',
    fix: 'Name the parameter as the match does, or add it to the match.',
    wrong: route(`match: GET /cities/{name}
in: { geo.city: path.city }
response:
  body: { city: $.geo.city }
`),
    right: route(`match: GET /cities/{city}
in: { geo.city: path.city }
response:
  body: { city: $.geo.city }
`),
  },
} satisfies Record<string, Page>
