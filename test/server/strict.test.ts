import { describe, expect, test } from '@jest/globals'
import { startGateway } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'

const route = 'match: GET /a\nresponse: { body: { ok: true } }\n'
const echo = 'match: POST /echo\nresponse: { body: { got: $.request.body } }\n'
const start = () => startGateway({ 'routes/a': route, 'routes/echo': echo })

describe('a request that can be read in two ways is refused', () => {
  test.each([
    ['two transfer codings', 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n'],
    [
      'two Transfer-Encoding headers',
      'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a length and a transfer coding',
      'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
    ['a length that is none', 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd'],
    ['a transfer coding in HTTP/1.0', 'POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a blank before the colon', 'GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n'],
    ['a folded header', 'GET /a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n'],
    ['two hosts', 'GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['two hosts that are the same', 'GET /a HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n'],
    ['no host', 'GET /a HTTP/1.1\r\n\r\n'],
    ['an empty host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n'],
    ['a host that is none', 'GET /a HTTP/1.1\r\nHost: a/b@c\r\n\r\n'],
    ['another host in the target', 'GET http://b/a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a target that is no path', 'GET a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a control character in the target', 'GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a byte above ASCII in the target', 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a control character in a header', 'GET /a HTTP/1.1\r\nHost: a\r\nX-A: \x01\r\n\r\n'],
    ['a bare line feed', 'GET /a HTTP/1.1\nHost: a\n\n'],
    ['a dot segment', 'GET /b/../a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an encoded dot segment', 'GET /%2e%2e/a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ...['"', '<', '>', '^', '`', '{', '|', '}', '\\'].map((character): [string, string] => [
      `a raw ${character} in the path`,
      `GET /b/x${character}y HTTP/1.1\r\nHost: a\r\n\r\n`,
    ]),
    ['a raw quote in the query', 'GET /a?x=" HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a dot segment between backslashes', 'GET /b/x\\..\\..\\a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an overlong slash', 'GET /b/..%c0%afa HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a NUL', 'GET /b/a%00 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a dot segment before an escape that is none', 'GET /b/..%252fa%25zz HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a percent escape that is none', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['bytes that are no request', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_what, text) => {
    const { port } = await start()
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write(Buffer.from(text, 'latin1'))
    const answer = parseAnswer(await all)
    expect(answer.status).toBe(400)
    expect(answer.json()['code']).toBe('bad-request')
    expect(answer.header('content-type')).toContain('application/problem+json')
    expect(answer.text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect((await sendRaw(port, request('GET /a HTTP/1.1'))).status).toBe(200)
  })
})

describe('what is refused with a status of its own', () => {
  test.each([
    ['a URL over 8 KB', request(`GET /a?${'x'.repeat(8200)} HTTP/1.1`), 414],
    ['headers over 16 KB', request('GET /a HTTP/1.1', `X-A: ${'x'.repeat(20_000)}`), 431],
    ['TRACE', request('TRACE /a HTTP/1.1'), 501],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n', 501],
    ['HTTP/0.9', 'GET /a\r\n\r\n', 505],
    ['HTTP/2.0', 'GET /a HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['an expectation', request('GET /a HTTP/1.1', 'Expect: miracle'), 417],
  ])('%s', async (_what, text, status) => {
    const { port } = await start()
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write(text)
    const answer = parseAnswer(await all)
    expect([answer.status, answer.json()['status']]).toEqual([status, status])
  })
})

describe('what is unusual and right is answered', () => {
  test.each([
    [
      'the absolute form with the same host',
      'GET http://a.test:80/a?x HTTP/1.1\r\nHost: A.test:80\r\nConnection: close\r\n\r\n',
    ],
    ['HTTP/1.0 without a host', 'GET /a HTTP/1.0\r\n\r\n'],
    ['an upgrade that is not taken', request('GET /a HTTP/1.1', 'Connection: upgrade', 'Upgrade: h2c')],
    ['a WebSocket where there is none', request('GET /a HTTP/1.1', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13')],
    ['Expect: 100-continue', `${request('POST /echo HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 2')}12`],
  ])('%s', async (_what, text) => {
    const { port } = await start()
    const answer = parseAnswer((await sendRaw(port, text)).text.replace('HTTP/1.1 100 Continue\r\n\r\n', ''))
    expect(answer.status).toBe(200)
  })
})
