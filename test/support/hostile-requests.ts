import { bytesOf } from './conversation.ts'

/** A request that a route of the demo answers well. */
export interface Target {
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
}

const host = 'Host: gateway.test'
const order = JSON.stringify({ lines: [{ id: 'p1002', count: 1 }], payment: { token: 'pay-1' } })
export const plain = (path: string): Target => ({ method: 'GET', path, headers: [], body: '' })
/** Every route of the demo. */
export const targets: Target[] = [
  plain('/mobile/home'),
  plain('/mobile/products/p1042'),
  plain('/mobile/search?q=tea'),
  plain('/mobile/discover'),
  plain('/catalog/categories'),
  {
    method: 'POST',
    path: '/mobile/orders',
    headers: ['X-Session-Token: tok-mei', 'Idempotency-Key: k-12345678', 'Content-Type: application/json'],
    body: order,
  },
]

/** What is done to a target, and the bytes that come of it. */
export type Variant = readonly [what: string, write: (target: Target) => Buffer]

/** A request whose first line, headers or body are replaced. */
export function ask(
  { method, path, headers, body }: Target,
  change: { line?: string; method?: string; path?: string; headers?: string[]; body?: string | Buffer } = {},
): Buffer {
  const sent = change.body ?? body
  const given = change.headers ?? [host]
  const framed = given.some((header) => /^(content-length|transfer-encoding)/i.test(header))
  return bytesOf(
    [
      change.line ?? `${change.method ?? method} ${change.path ?? path} HTTP/1.1`,
      ...given,
      ...headers,
      ...(sent.length > 0 && !framed ? [`Content-Length: ${Buffer.byteLength(sent)}`] : []),
    ],
    sent,
  )
}

const methods = ['HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'DELETE', 'PATCH', 'QUERY', 'PRI', 'BREW', 'get', 'G\0T', '']
const lines: ((target: Target) => string)[] = [
  ({ path }) => `GET ${path}`,
  ({ path }) => `GET  ${path}  HTTP/1.1`,
  ({ method, path }) => `${method} ${path} HTTP/1.0`,
  ({ method, path }) => `${method} ${path} HTTP/1.2`,
  ({ method, path }) => `${method} ${path} HTTP/2.0`,
  ({ method, path }) => `${method} ${path} HTTP/9.9`,
  ({ method, path }) => `${method} ${path} http/1.1`,
  ({ method, path }) => `${method} ${path} HTTP/1.1 x`,
  ({ method, path }) => `${method} ${path} ICE/1.0`,
  ({ method, path }) => `${method} http://other.test${path} HTTP/1.1`,
  ({ method, path }) => `${method} http://gateway.test${path} HTTP/1.1`,
  ({ method, path }) => `${method} ftp://gateway.test${path} HTTP/1.1`,
  ({ method, path }) => `${method} //gateway.test${path} HTTP/1.1`,
  ({ method, path }) => `${method} ${path.slice(1)} HTTP/1.1`,
  ({ method }) => `${method} * HTTP/1.1`,
  () => 'PRI * HTTP/2.0',
  () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
]
const suffixes = [
  '#fragment',
  '?',
  '?&&&=&=&a',
  '?city=atlantis',
  '?city[]=paris&city[a]=b',
  '?city=paris&city=paris',
  '?__proto__=1&constructor=2&toString=3&hasOwnProperty=4',
  '?__proto__[polluted]=1',
  '?q=%zz',
  '?q=%',
  '?q=%ff%fe',
  '?q=%ed%a0%80',
  '?q=%u0041',
  '?q=%00',
  '?q=a%0d%0aSet-Cookie:%20x',
  '?q=\x80\xff',
  '?q=a b',
  '?q=${env.HOME}&city=$.request',
  `?q=${'a'.repeat(7000)}`,
  `?${'a=1&'.repeat(1800)}`,
  `?q=${'%E4%B8%8A'.repeat(800)}`,
  `?${'x'.repeat(9000)}`,
  `?${'x'.repeat(20_000)}`,
  '?size=1e999',
  '?size=-0',
  '?size=0x10',
  '?size=NaN&page=Infinity',
  '?page=9007199254740993&size=1.0000000000000001',
  '?page=١&size=５',
  '/',
  '//',
  '/..',
  '/../..%2f..%2fetc/passwd',
  '/..%2f',
  '/%2e%2e/',
  '/%252e%252e%252f',
  '/.%2e%5c..',
  '/..;/x',
  '/%00',
  '/%',
  '/%zz',
  '/%ff',
  `/${'a/'.repeat(3000)}`,
  '\\..\\',
  '\t',
]
const headers: string[][] = [
  [],
  ['Host:'],
  [host, 'Host: other.test'],
  [host, host],
  ['Host: a b'],
  ['Host: gateway.test/x@y'],
  ['Host: \xff'],
  [host, 'X Y: 1'],
  [host, 'NoColon'],
  [host, ': empty'],
  [host, 'X-A : 1'],
  [host, 'X-A: 1\r\n folded'],
  [host, 'X-A: \0'],
  [host, 'X-A: a\rb'],
  [host, 'X-A: a\nX-B: c'],
  [host, 'X-A: \x7f\x01'],
  [host, `X-A: ${'a'.repeat(17_000)}`],
  [host, ...Array.from({ length: 500 }, (_, at) => `X-${at}: 1`)],
  [host, ...Array.from({ length: 3000 }, () => 'a:b')],
  [host, '__proto__: 1', 'constructor: 2', 'toString: 3'],
  [host, 'Content-Length: -1'],
  [host, 'Content-Length: +5'],
  [host, 'Content-Length: 0x5'],
  [host, 'Content-Length: 5, 5'],
  [host, 'Content-Length: 5', 'Content-Length: 6'],
  [host, 'Content-Length: 99999999999999999999'],
  [host, 'Content-Length: 999999999'],
  [host, 'Content-Length: 3', 'Transfer-Encoding: chunked'],
  [host, 'Transfer-Encoding: xchunked'],
  [host, 'Transfer-Encoding: chunked, identity'],
  [host, 'Transfer-Encoding: gzip, chunked'],
  [host, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
  [host, 'Transfer-Encoding:\x0bchunked'],
  [host, 'Trailer: X-T'],
  [host, 'TE: trailers'],
  [host, 'Expect: 100-continue'],
  [host, 'Expect: banana'],
  [host, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'],
  [host, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
  [host, 'Connection: close, host, content-length, transfer-encoding'],
  [host, `Connection: ${'x,'.repeat(4000)}`],
  [host, 'Cookie: __proto__=1; constructor=2; a=%zz; =; ;;; \xff=\xfe'],
  [host, `Cookie: ${'a=b; '.repeat(2000)}`],
  [host, 'X-Session-Token: \xff\xfe'],
  [host, `X-Session-Token: ${'t'.repeat(8000)}`],
  [host, 'X-Session-Token:'],
  [host, 'X-Session-Token: __proto__'],
  [host, 'X-Session-Token: ${env.HOME}', 'Idempotency-Key: $.request.headers'],
  [host, 'traceparent: 00-zz', 'tracestate: =,=', 'baggage: ===;;;'],
  [host, `baggage: ${'a=b,'.repeat(2000)}`, `tracestate: ${'a=b,'.repeat(1000)}`],
  [host, 'X-Request-Id: <script>\xff'],
  [host, 'X-Forwarded-For: 999.1.1.1, ::::, "', 'Forwarded: for="_x', 'X-Real-IP: \xff'],
  [host, 'X-Envoy-Expected-Rq-Timeout-Ms: -1'],
  [host, 'X-Envoy-Expected-Rq-Timeout-Ms: 1e9'],
  [host, 'Content-Type: application/json; charset=\xff', 'Accept: \xff', 'Accept-Encoding: \xff'],
  [host, 'Content-Encoding: gzip'],
  [host, 'Range: bytes=0-,-1', 'If-None-Match: *', 'If-Modified-Since: x'],
  [host, 'Authorization: Basic \xff', 'Proxy-Authorization: x'],
]
const deep = 100_000
const bodies: [string, string | Buffer][] = [
  ['a deep list', '['.repeat(deep)],
  ['a deep and closed list', '['.repeat(deep) + ']'.repeat(deep)],
  ['a deep object', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
  ['too much', JSON.stringify('x'.repeat(300_000))],
  ['bad UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['half a UTF-8 letter', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xe4, 0xb8])])],
  ['UTF-16', Buffer.from(order, 'utf16le')],
  ['a byte order mark', `\ufeff${order}`],
  ['a prototype', '{"__proto__":{"lines":[{"id":"p1002","count":1}]},"payment":{"token":"pay-1"}}'],
  [
    'a prototype inside',
    '{"lines":[{"__proto__":{"id":"p1002"},"count":1}],"payment":{"constructor":{"prototype":1}}}',
  ],
  ['null', 'null'],
  ['a number', '1e400'],
  ['a text', '"\\ud800"'],
  ['a list', '[]'],
  ['half a document', order.slice(0, 20)],
  ['two documents', order + order],
  ['nothing but blanks', '   \n\t  '],
  ['a NUL', '\0'],
  ['many keys', `{${Array.from({ length: 10_000 }, (_, at) => `"k${at}":1`)}}`],
  ['many lines', JSON.stringify({ lines: Array.from({ length: 5000 }, () => ({ id: 'p1', count: 1 })) })],
  ['wrong types', '{"lines":"p1","coupon":{},"address":[[]],"payment":{"token":{"a":1}}}'],
  [
    'huge numbers',
    '{"lines":[{"id":"p1002","count":1e308},{"id":"p1002","count":9007199254740993}],"payment":{"token":"x"}}',
  ],
  [
    'expressions',
    '{"lines":[{"id":"$.request","count":1}],"address":"${env.HOME}","payment":{"token":"$.session.token"}}',
  ],
  ['dots in the address', '{"lines":[{"id":"p1002","count":1}],"address":"..","payment":{"token":"pay-1"}}'],
  [
    'line breaks in the coupon',
    '{"lines":[{"id":"p1002","count":1}],"coupon":"A\\r\\nX: y","payment":{"token":"pay-1"}}',
  ],
  ['a form', 'lines=1&payment=%zz&__proto__=x'],
]
const chunkings: [string, string][] = [
  ['chunks', '2\r\n{"\r\n0\r\n\r\n'],
  ['no size', 'zz\r\n'],
  ['a negative size', '-1\r\n'],
  ['a size beyond all', 'fffffffffffffffff\r\n'],
  ['a long extension', `1;${'x'.repeat(20_000)}\r\na\r\n0\r\n\r\n`],
  ['a bare line feed', '1\na\n0\n\n'],
  ['too short a chunk', '5\r\nab\r\n0\r\n\r\n'],
  ['trailers', '0\r\nX-T: 1\r\nContent-Length: 5\r\n\r\n'],
  ['no end', '1\r\na\r\n'],
]

/** Requests that no honest client sends, for each target, in groups. */
export const groups: [string, Variant[]][] = [
  ['methods', methods.map((method): Variant => [JSON.stringify(method), (target) => ask(target, { method })])],
  ['first lines', lines.map((line): Variant => [String(line), (target) => ask(target, { line: line(target) })])],
  [
    'paths and queries',
    suffixes.map(
      (suffix): Variant => [
        suffix.slice(0, 60),
        (target) => ask(target, { path: target.path.split('?')[0]! + Buffer.from(suffix).toString('latin1') }),
      ],
    ),
  ],
  [
    'headers',
    headers.map((given): Variant => [given.join('|').slice(0, 60), (target) => ask(target, { headers: given })]),
  ],
  ['bodies', bodies.map(([what, body]): Variant => [what, (target) => ask(target, { body })])],
  [
    'chunked bodies',
    chunkings.map(
      ([what, body]): Variant => [
        what,
        (target) => ask(target, { headers: [host, 'Transfer-Encoding: chunked'], body }),
      ],
    ),
  ],
  [
    'pieces and more than one',
    [
      ['half a line', ({ path }) => Buffer.from(`GET ${path}`)],
      ['half a header', ({ path }) => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-`)],
      ['a body that never ends', (target) => ask(target, { headers: [host, 'Content-Length: 1000'], body: '{"a":' })],
      ['blank lines before', (target) => Buffer.concat([Buffer.from('\r\n\r\n'), ask(target)])],
      ['bare line feeds', (target) => Buffer.from(ask(target).toString('latin1').replaceAll('\r\n', '\n'), 'latin1')],
      ['bare carriage returns', (t) => Buffer.from(ask(t).toString('latin1').replaceAll('\r\n', '\r'), 'latin1')],
      ['a good one and a bad one behind it', (target) => Buffer.concat([ask(target), Buffer.from('\0\0\r\n\r\n')])],
      ['many at once', (target) => Buffer.concat(Array.from({ length: 30 }, () => ask(target)))],
      ['zeros', () => Buffer.alloc(20_000)],
      ['noise', () => Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 256))],
    ],
  ],
]
