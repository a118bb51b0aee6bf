import { type Example, type Page, route } from './page.ts'

/** A service with one query. */
function shop(query: string, out: string): Example {
  return {
    'config/services/content.yaml': `service: content
endpoints: [http://127.0.0.1:9001]
operations:
  banners: { get: /banners, out: { banner.list: $.items } }
  order: { graphql: '${query}', out: { order.id: ${out} } }
`,
    'routes/home.yaml': `match: GET /home
do: [ { invoke: content.order } ]
response: { body: { id: $.order.id } }
`,
  }
}

/** Rules of how things are written. */
export const shapePages = {
  'unknown-key': {
    why: 'A key that its place does not know would be passed over: a misspelt `timeout` is no timeout. So every key counts.',
    fix: 'Correct the key; the help line names the nearest one, or all that the place knows.',
    wrong: route(`match: GET /home
timeuot: 800ms
response: { body: hello }
`),
    right: route(`match: GET /home
timeout: 800ms
response: { body: hello }
`),
  },
  'missing-key': {
    why: 'Without this key the construct means nothing: a route without `match` answers no request, a service without `endpoints` can be called nowhere.',
    fix: 'Add the key.',
    wrong: route('response: { body: hello }\n'),
    right: route('match: GET /home\nresponse: { body: hello }\n'),
  },
  'invalid-value': {
    why: 'The value has not the form that its key asks for: a duration has its unit (`150ms`, `3s`), a list is a list, a status is a number.',
    fix: 'Write the value as the message says.',
    wrong: route(`match: GET /home
timeout: 800
response: { body: hello }
`),
    right: route(`match: GET /home
timeout: 800ms
response: { body: hello }
`),
  },
  'unknown-step-kind': {
    why: 'A step is what its one kind key says: `invoke`, `parallel`, `branch`, … Without one that exists, or with two of them, nobody can say what it does.',
    fix: 'Correct the kind; make two steps of one that has two kinds.',
    wrong: route(`match: GET /home
do:
  - invoce: content.banners
response:
  body: { banners: $.banner.list }
`),
    right: route(`match: GET /home
do:
  - invoke: content.banners
response:
  body: { banners: $.banner.list }
`),
  },
  'unknown-operator': {
    why: 'In a template an object with a key that begins with `$` is an operator, so one that does not exist is a slip and no member of the answer. An operator has its own keys and no others.',
    fix: 'Correct the operator. A member that really begins with `$` cannot be written in a template.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { $marge: [{ hello: world }, { city: $.geo.city }] }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { $merge: [{ hello: world }, { city: $.geo.city }] }
`),
  },
  'invalid-locator': {
    why: 'A locator says where a color sits in a request or a response: `path.x`, `query.x`, `header.x`, `cookie.x` or a JSONPath into the body; in a response also `status`. A GET has no body, and a body that is built needs paths that name one place each.',
    fix: 'Use one of these places. What is not JSON comes as text: take it with `$`.',
    wrong: route(`match: GET /home
in: { geo.city: qury.city }
response:
  body: { city: hello }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { city: $.geo.city }
`),
  },
  'invalid-jsonpath': {
    why: 'A text that is `$` or begins with `$.` or `$[` is a JSONPath query (RFC 9535). One that is none would find nothing, for ever.',
    fix: 'Close the brackets and quote names that are not words: `$["first name"]`. For a text that begins with a dollar sign write `$$`.',
    wrong: route(`match: GET /home
in: { product.ids: query.ids }
response:
  body: { first: '$.product.ids[0' }
`),
    right: route(`match: GET /home
in: { product.ids: query.ids }
response:
  body: { first: '$.product.ids[0]' }
`),
  },
  'invalid-expression': {
    why: 'What stands in `${ … }` or `when` is CEL. It is parsed and its types are checked when the file is loaded, with the types of the dictionary: adding a number to a text fails here and not in a request.',
    fix: 'Correct the expression where the caret points. JSON numbers are doubles: write `1.0` beside them. `has(user.id)` asks for what may be absent.',
    wrong: route(`match: GET /home
in: { cart.sum: query.sum }
response:
  body: { total: '\${ cart.sum * }' }
`),
    right: route(`match: GET /home
in: { cart.sum: query.sum }
response:
  body: { total: '\${ cart.sum * 1.06 }' }
`),
  },
  'reserved-header': {
    why: 'Some headers are not data: `connection`, `transfer-encoding`, `content-length`, `host` and their like say where a message begins and ends and for whom it is, so that another value breaks every call; `x-request-id`, `server-timing` and `tessera-degraded` of an answer and `tessera-mirror` of a call are what the gateway itself says. So are the `access-control-*` of an answer where `cors` says whose pages may read it.',
    fix: 'Leave it away. What a backend or client is to be told beside them goes into a header with another name.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
response:
  headers: { transfer-encoding: chunked, x-city: $.geo.city }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  headers: { x-city: $.geo.city }
`),
  },
  'literal-braces': {
    why: 'Many tools fill `{{name}}`; Tessera fills `${ name }`. What stands in double braces is text, and would be sent as it is.',
    fix: 'Write `${ name }`. Where the braces are meant, silence the warning and say so.',
    wrong: route(`match: GET /home
in: { user.name: query.name }
response:
  body: { hello: 'Hello {{user.name}}', name: $.user.name }
`),
    right: route(`match: GET /home
in: { user.name: query.name }
response:
  body: { hello: 'Hello \${ user.name }' }
`),
  },
  'raw-in-part': {
    why: 'A body as it came (`request.raw`, `steps.….raw`) is bytes and their content type, and nobody looks into it. It can be sent on as the whole body of a call or an answer, and is part of nothing.',
    fix: 'Write it alone: `body: $.request.raw`. To read parts of a body use `$.request.body`, or the outputs of the call.',
    wrong: route(`match: POST /home
response: { body: { sent: $.request.raw } }
`),
    right: route(`match: POST /home
response: { body: $.request.raw }
`),
  },
  'content-type-mismatch': {
    why: 'A body goes out as JSON unless `encode` says otherwise. Under a `content-type` of another format it would be read wrong: `text/plain` with the quotes of a JSON text, a form as one long string. Bodies that are written as text are UTF-8.',
    fix: 'Say in which format the body is written: `encode: form`, `multipart`, `text`, `xml` or `csv`; or leave `content-type` away, which follows from `encode`. Of several types of one format, such as `application/problem+json` of JSON, the one in the file stands.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
response:
  headers: { content-type: text/plain }
  body: $.geo.city
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  encode: text
  body: $.geo.city
`),
  },
  'unsafe-pattern': {
    why: 'Some regular expressions take exponential time for some texts: thirty characters in a query could stop the gateway for minutes. Only patterns that run in linear time are taken.',
    fix: 'Take out repetition inside repetition, and alternatives that begin alike: `(a+)+` is `a+`.',
    wrong: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { known: '\${ geo.city.matches("^(a+)+$") }' }
`),
    right: route(`match: GET /home
in: { geo.city: query.city }
response:
  body: { known: '\${ geo.city.matches("^a+$") }' }
`),
  },
  'invalid-graphql': {
    why: 'A query is parsed when it is loaded, and held against what the operation says of it: every variable that has to be given is in `in`, and what `out` takes is asked for. Where the service names its types by `schema`, fields, arguments and variables are held against them too.',
    fix: 'Mend the query at the place that is marked. `out` names fields below `data` as the answer has them, by their aliases.',
    wrong: shop('query { order { total } }', '$.order.id'),
    right: shop('query { order { id total } }', '$.order.id'),
  },
} satisfies Record<string, Page>
