import { gzipSync } from 'node:zlib'

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const body = '{"ok":true}'
const framed = `Content-Length: ${body.length}\r\n\r\n${body}`

/** Answers that no honest backend gives; the first ones have ended processes of gateways. */
export const hostileAnswers: Readonly<Record<string, string | Buffer>> = {
  'a Trailer beside Content-Length': `${ok}Trailer: X-T\r\n${framed}`,
  'status 000': `HTTP/1.1 000 Zero\r\n${framed}`,
  'status 099': `HTTP/1.1 099 Low\r\n${framed}`,
  'status 1000': `HTTP/1.1 1000 High\r\n${framed}`,
  'status 999': `HTTP/1.1 999 Most\r\n${framed}`,
  'no status': `HTTP/1.1 OK\r\n${framed}`,
  'a control character in the reason': `HTTP/1.1 200 O\x01K\r\nContent-Type: application/json\r\n${framed}`,
  'bytes above 127 in the reason': Buffer.from(`HTTP/1.1 200 \xff\xfe\r\n${framed}`, 'latin1'),
  'a control character in a header': `${ok}X-A: a\x01b\r\n${framed}`,
  'a zero in a header': `${ok}X-A: a\0b\r\n${framed}`,
  'bytes above 127 in a header': Buffer.from(`${ok}X-A: \xff\xfe\r\n${framed}`, 'latin1'),
  'a bare line feed in a header': `${ok}X-A: a\nX-B: b\r\n${framed}`,
  'a header without a name': `${ok}: b\r\n${framed}`,
  'a header called __proto__': `${ok}__proto__: x\r\nconstructor: y\r\n${framed}`,
  'many headers': `${ok}${Array.from({ length: 5_000 }, (_, index) => `X-${index}: 1\r\n`).join('')}${framed}`,
  'a long header': `${ok}X-A: ${'a'.repeat(200_000)}\r\n${framed}`,
  'two lengths': `${ok}Content-Length: 5\r\n${framed}`,
  'a negative length': `${ok}Content-Length: -1\r\n\r\n${body}`,
  'a length beyond all': `${ok}Content-Length: 99999999999999999999\r\n\r\n${body}`,
  'a length and chunks': `${ok}Transfer-Encoding: chunked\r\n${framed}`,
  'an unknown coding': `${ok}Transfer-Encoding: x\r\n\r\n${body}`,
  'a chunk of no size': `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n${body}\r\n0\r\n\r\n`,
  'a chunk of a size beyond all': `${ok}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n${body}`,
  'trailers with lengths': `${ok}Transfer-Encoding: chunked\r\n\r\nb\r\n${body}\r\n0\r\nContent-Length: 1\r\nX: \x01\r\n\r\n`,
  'an unknown Content-Encoding': `${ok}Content-Encoding: tea\r\n${framed}`,
  'gzip that is none': `${ok}Content-Encoding: gzip\r\n${framed}`,
  'gzip in gzip in gzip': pack(3),
  'many interim answers': `${'HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n'.repeat(2_000)}${ok}${framed}`,
  'an interim answer and no other': 'HTTP/1.1 100 Continue\r\n\r\n',
  'a change of protocol': 'HTTP/1.1 101 Switching\r\nUpgrade: tea\r\nConnection: Upgrade\r\n\r\ntea',
  'a 204 with a body': `HTTP/1.1 204 None\r\n${framed}`,
  'a 304 that nobody asked for': `HTTP/1.1 304 Same\r\n${framed}`,
  'a redirect to itself': `HTTP/1.1 302 Found\r\nLocation: /\r\n${framed}`,
  'more answers than requests': `${ok}${framed}`.repeat(20),
  'bytes behind the body': `${ok}${framed}\r\n\x00\xff tea`,
  'HTTP/0.9': body,
  'HTTP/9.9': `HTTP/9.9 200 OK\r\n${framed}`,
  TLS: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  zeros: Buffer.alloc(100_000),
  nothing: '',
  'JSON that pollutes': withBody('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  'bad UTF-8': Buffer.concat([Buffer.from(`${ok}Content-Length: 4\r\n\r\n"`), Buffer.from([0xff, 0xfe, 0x22])]),
  'half a surrogate': withBody('"\\ud800"'),
  'a number beyond all': withBody('[1e999,-0,1e-999,123456789012345678901234567890]'),
  'a deep body': withBody('['.repeat(50_000) + ']'.repeat(50_000)),
  'a key a thousand times': withBody(`{${'"a":1,'.repeat(1_000)}"a":2}`),
  'a bare word': withBody('undefined'),
}

function withBody(text: string): string {
  return `${ok}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
}

function pack(times: number): Buffer {
  let packed = Buffer.from(body)
  for (let count = 0; count < times; count++) packed = gzipSync(packed)
  const encodings = Array(times).fill('gzip').join(', ')
  const head = `${ok}Content-Encoding: ${encodings}\r\nContent-Length: ${packed.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), packed])
}
