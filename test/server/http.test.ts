import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway, untilActive } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw, sendRefused } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { wordRoute, wordService } from '../support/words.ts'

const echoRoute = `
match: POST /echo
in: { anything: body }
response: { body: { got: $.anything } }
`
const echoAll = `
match: POST /echo
decode: [json, form, text]
response: { body: { got: $.request.body } }
`
const showRoute = `
match: GET /show/{name}
response:
  body:
    params: $.request.params
    query: $.request.query
    cookies: $.request.cookies
    path: $.request.path
    ip: $.request.ip
    id: $.request.id
    agent: '$.request.headers["user-agent"]'
`
const fixedRoute = `
match: GET /fixed
response: { body: { fixed: true } }
`
void echoRoute

async function startEcho() {
  return startGateway({ 'routes/echo': echoAll, 'routes/show': showRoute, 'routes/fixed': fixedRoute })
}

describe('an answer', () => {
  test('is JSON with its length, its request id and nothing of Express', async () => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, request('GET /fixed HTTP/1.1'))
    expect(answer.status).toBe(200)
    expect(answer.header('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.header('content-length')).toBe(String(answer.body.length))
    expect(answer.header('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    expect(answer.header('x-powered-by')).toBeUndefined()
    expect(answer.json()).toEqual({ fixed: true })
  })

  test('to HEAD has the length and no body', async () => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, request('HEAD /fixed HTTP/1.1'))
    expect([answer.status, answer.header('content-length'), answer.body]).toEqual([200, '14', ''])
  })

  test('without a body is a 204', async () => {
    const { port } = await startGateway({ 'routes/none': 'match: GET /none\ndo: [ empty ]\n' })
    const answer = await sendRaw(port, request('GET /none HTTP/1.1'))
    expect([answer.status, answer.header('content-length'), answer.header('content-type'), answer.body]).toEqual([
      204,
      undefined,
      undefined,
      '',
    ])
  })

  test('keeps the connection for the next request', async () => {
    const { port } = await startEcho()
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write('GET /fixed HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    socket.write(request('GET /show/x HTTP/1.1'))
    expect((await all).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })

  test('whose header cannot be sent goes out without it; a client cannot flood the log', async () => {
    const route = `
match: GET /spoilt
response: { headers: { x-note: '$.request.query.note', x-other: kept }, body: { page: whole } }
`
    const { port, adminPort, lines } = await startGateway({ 'routes/spoilt': route })
    for (const note of ['a%0d%0aSet-Cookie:%20x', '%00', '%E5%90%8D', '%F0%9F%98%80']) {
      const answer = await sendRaw(port, request(`GET /spoilt?note=${note} HTTP/1.1`))
      expect([answer.status, answer.json(), answer.header('x-other')]).toEqual([200, { page: 'whole' }, 'kept'])
      expect([answer.header('x-note'), answer.header('set-cookie')]).toEqual([undefined, undefined])
    }
    const warnings = lines.filter((line) => line.includes('cannot be sent'))
    expect(warnings.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'warn', route: 'spoilt', header: 'x-note' },
    ])
    expect(lines.join()).not.toMatch(/"stack"|Set-Cookie|名/)
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toContain('tessera_response_headers_dropped_total{route="spoilt",header="x-note"} 4')
    expect((await sendRaw(port, request('GET /spoilt?note=fine HTTP/1.1'))).header('x-note')).toBe('fine')
  })

  test.each(['cache-control', 'vary', 'set-cookie', 'expires'])('without its %s is kept by nobody', async (name) => {
    const caching = name === 'cache-control' ? '' : 'cache-control: max-age=60, '
    const route = `match: GET /spoilt
cache: { ttl: 1m }
response: { headers: { ${caching}${name}: 'private, \${ request.query.note }' }, body: '$.request.query.note' }
`
    const { port } = await startGateway({ 'routes/spoilt': route })
    for (const _ of [1, 2]) {
      const answer = await sendRaw(port, request('GET /spoilt?note=%E5%90%8D HTTP/1.1'))
      expect([answer.status, answer.header('cache-control'), answer.header('age')]).toEqual([
        200,
        'no-store',
        undefined,
      ])
    }
  })

  test('whose header guards its reader is refused where that cannot be sent', async () => {
    const route = `match: GET /spoilt
response: { headers: { content-security-policy: "img-src \${ request.query.note }" }, body: {} }
`
    const { port } = await startGateway({ 'routes/spoilt': route })
    expect((await sendRaw(port, request('GET /spoilt?note=%E5%90%8D HTTP/1.1'))).status).toBe(500)
    expect((await sendRaw(port, request('GET /spoilt?note=a HTTP/1.1'))).status).toBe(200)
  })
})

describe('a problem', () => {
  test('is told as RFC 9457 has it', async () => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, request('GET /nothing?secret=1 HTTP/1.1'))
    expect(answer.status).toBe(404)
    expect(answer.header('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(answer.json()).toEqual({
      type: 'urn:tessera:error:not-found',
      title: 'There is nothing at this path',
      status: 404,
      instance: '/*',
      code: 'not-found',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  test('names the methods that a path has', async () => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, request('DELETE /fixed HTTP/1.1'))
    expect([answer.status, answer.header('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const options = await sendRaw(port, request('OPTIONS /fixed HTTP/1.1'))
    expect([options.status, options.header('allow'), options.body]).toEqual([204, 'GET, HEAD, OPTIONS', ''])
    expect((await sendRaw(port, request('OPTIONS * HTTP/1.1'))).status).toBe(204)
  })

  test('of a backend names the step, and neither its address nor its body', async () => {
    const backend = await opened(
      startHttpServer((_request, response) => {
        response.writeHead(500, { 'content-type': 'application/json' }).end('{"stack":"at private.ts"}')
      }),
    )
    const { port, entries } = await startGateway({
      'services/words': wordService(backend.url),
      'routes/word': wordRoute,
    })
    const answer = await sendRaw(port, request('GET /word HTTP/1.1'))
    expect(answer.status).toBe(502)
    expect(answer.json()).toMatchObject({ code: 'http-500', step: 'word', route: 'word' })
    expect(answer.text).not.toContain('private')
    expect(answer.text).not.toContain(String(backend.port))
    expect(entries[0]).toMatchObject({ status: 502, error: 'http-500', route: 'word' })
  })

  test('of an overload says when to come again', async () => {
    const route = 'match: GET /busy\ndo: [ { throw: { error: overloaded, status: 503 } } ]\n'
    const { port } = await startGateway({ 'routes/busy': route })
    const answer = await sendRaw(port, request('GET /busy HTTP/1.1'))
    expect([answer.status, answer.header('retry-after')]).toEqual([503, '1'])
  })
})

describe('what routes read of a request', () => {
  test('is decoded and safe', async () => {
    const { port } = await startEcho()
    const line = 'GET /show/a%2Fb?q=1+2&q=%E4%B8%8A&__proto__=x&constructor&=y&empty= HTTP/1.1'
    const answer = await sendRaw(
      port,
      request(line, 'Cookie: a=1; b=%20x; __proto__=y', 'User-Agent: t', 'X-Request-Id: my.id-1'),
    )
    expect(answer.status).toBe(200)
    const shown = JSON.parse(Buffer.from(answer.body, 'latin1').toString('utf8'))
    expect(shown.params).toEqual({ name: 'a/b' })
    expect(Object.entries(shown.query)).toEqual([
      ['q', ['1 2', '上']],
      ['__proto__', 'x'],
      ['constructor', ''],
      ['', 'y'],
      ['empty', ''],
    ])
    expect(shown.cookies).toMatchObject({ a: '1', b: '%20x' })
    expect(shown).toMatchObject({ path: '/show/a%2Fb', ip: '127.0.0.1', id: 'my.id-1', agent: 't' })
    expect(answer.header('x-request-id')).toBe('my.id-1')
  })

  test('a malformed query is a 400 that says so', async () => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, request('GET /show/x?q=%zz HTTP/1.1'))
    expect([answer.status, answer.json()['code']]).toEqual([400, 'invalid-input'])
    expect(answer.json()['errors']).toEqual([{ in: 'query', detail: expect.stringContaining('malformed') }])
  })

  test('a request id that could not be printed everywhere is replaced', async () => {
    const { port } = await startEcho()
    for (const id of ['a b', 'x'.repeat(129), '<script>', '']) {
      const answer = await sendRaw(port, request('GET /fixed HTTP/1.1', `X-Request-Id: ${id}`))
      expect(answer.header('x-request-id')).toMatch(/^[0-9a-f]{32}$/)
    }
  })

  test('the client address is believed of trusted proxies only', async () => {
    const show = { 'routes/show': showRoute }
    const forwarded = request('GET /show/x HTTP/1.1', 'X-Forwarded-For: 9.9.9.9, 10.1.1.1')
    const ipOf = async (gateway: string) => {
      const { port } = await startGateway({ ...show, gateway })
      return (await sendRaw(port, forwarded)).json()['ip']
    }
    expect(await ipOf('{}')).toBe('127.0.0.1')
    expect(await ipOf('trustedProxies: [loopback]')).toBe('10.1.1.1')
    expect(await ipOf('trustedProxies: [loopback, 10.0.0.0/8]')).toBe('9.9.9.9')
  })

  test.each([
    ['20.0.0.1:41234', '20.0.0.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:20.0.0.1', '20.0.0.1'],
    ['9.9.9.9, unknown', '127.0.0.1'],
    ['9.9.9.9, unknown, 10.1.1.1', '10.1.1.1'],
    ['9.9.9.9,, 10.1.1.1', '9.9.9.9'],
  ])('a trusted proxy that says %s names the client %s', async (forwarded, ip) => {
    const { port } = await startGateway({
      'routes/show': showRoute,
      gateway: 'trustedProxies: [loopback, 10.0.0.0/8]',
    })
    const answer = await sendRaw(port, request('GET /show/x HTTP/1.1', `X-Forwarded-For: ${forwarded}`))
    expect(answer.json()['ip']).toBe(ip)
  })

  test('a forged address that is none is not believed even of a trusted proxy', async () => {
    const { port } = await startGateway({ 'routes/show': showRoute, gateway: 'trustedProxies: [loopback]' })
    const answer = await sendRaw(port, request('GET /show/x HTTP/1.1', 'X-Forwarded-For: "><script>'))
    expect(answer.json()['ip']).toBe('127.0.0.1')
  })
})

describe('a body', () => {
  const post = (body: string | Buffer, type = 'application/json', ...headers: string[]) =>
    Buffer.concat([
      Buffer.from(
        request(
          'POST /echo HTTP/1.1',
          `Content-Type: ${type}`,
          `Content-Length: ${Buffer.byteLength(body)}`,
          ...headers,
        ),
      ),
      Buffer.from(body),
    ])

  test.each([
    ['{"a":[1]}', 'application/json', { a: [1] }],
    ['{"a":1}', 'application/vnd.x+json; charset=utf-8', { a: 1 }],
    ['a=1&b=x+y&a=2', 'application/x-www-form-urlencoded', { a: ['1', '2'], b: 'x y' }],
    ['hello', 'text/plain', 'hello'],
  ])('%s as %s is read', async (body, type, got) => {
    const { port } = await startEcho()
    expect((await sendRaw(port, post(body, type))).json()).toEqual({ got })
  })

  test('in chunks is read', async () => {
    const { port } = await startEcho()
    const head = request('POST /echo HTTP/1.1', 'Content-Type: application/json', 'Transfer-Encoding: chunked')
    expect((await sendRaw(port, `${head}2\r\n{"\r\n5\r\na":1}\r\n0\r\n\r\n`)).json()).toEqual({ got: { a: 1 } })
  })

  test.each([
    ['{"a":', 'application/json', 'JSON'],
    ['{"a":1}x', 'application/json', 'JSON'],
    [Buffer.from([0x22, 0xff, 0x22]), 'application/json', 'UTF-8'],
    ['['.repeat(100_000), 'application/json', 'nested'],
    ['a=%zz', 'application/x-www-form-urlencoded', 'percent'],
  ])('that is broken (%#) is a 400 that names it', async (body, type, word) => {
    const { port } = await startEcho()
    const answer = await sendRaw(port, post(body, type))
    expect([answer.status, answer.json()['code']]).toEqual([400, 'invalid-input'])
    expect(answer.json()['errors']).toEqual([{ in: 'body', detail: expect.stringContaining(word) }])
  })

  test('with a __proto__ changes no object', async () => {
    const { port } = await startEcho()
    await sendRaw(port, post('{"__proto__":{"polluted":true}}'))
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('with a content coding is refused', async () => {
    const { port } = await startEcho()
    expect((await sendRaw(port, post('xx', 'application/json', 'Content-Encoding: gzip'))).status).toBe(415)
  })

  test('that is too large is refused before it is read, and while it is', async () => {
    const { port } = await startGateway({ gateway: 'defaults: { maxRequestBody: 1KB }', 'routes/echo': echoAll })
    const declared = await sendRefused(port, request('POST /echo HTTP/1.1', 'Content-Length: 99999999'))
    expect([declared.status, declared.header('connection')]).toEqual([413, 'close'])
    const chunked = request('POST /echo HTTP/1.1', 'Transfer-Encoding: chunked')
    const answer = await sendRefused(port, `${chunked}800\r\n${'x'.repeat(2048)}\r\n`)
    expect([answer.status, answer.json()['code']]).toEqual([413, 'body-too-large'])
  })

  test('that nobody reads is thrown away, and the connection lives on', async () => {
    const { port } = await startEcho()
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write('GET /fixed HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')
    await once(socket, 'data')
    socket.write(request('GET /fixed HTTP/1.1'))
    expect((await all).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })

  test('that nobody reads and that never ends takes its connection with it', async () => {
    const { port } = await startEcho()
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write('GET /fixed HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\nhello')
    const answer = parseAnswer(await all)
    expect([answer.status, answer.header('connection'), answer.json()]).toEqual([200, 'close', { fixed: true }])
  })

  test('whose client goes away ends the request', async () => {
    const running = await startEcho()
    const { port, entries } = running
    const socket = await dial(port)
    socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhello')
    await untilActive(running, 1)
    socket.destroy()
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 499, error: 'cancelled', route: 'echo' })
  })
})

describe('a client that hangs up', () => {
  test('has its backend call closed, and counts as 499', async () => {
    const backend = await opened(startHttpServer(() => {}))
    const { port, entries } = await startGateway({
      gateway: '{ defaults: { timeout: 60s } }',
      'services/words': wordService(backend.url),
      'routes/word': wordRoute,
    })
    const socket = await dial(port)
    socket.write('GET /word HTTP/1.1\r\nHost: a\r\n\r\n')
    await backend.connected()
    const [connection] = backend.sockets
    await once(connection!, 'data').catch(() => {})
    socket.destroy()
    await backend.disconnected()
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 499, error: 'cancelled' })
  })
})

describe('telemetry', () => {
  test('a request leaves a line, an entry and a measurement', async () => {
    const backend = await opened(startHttpServer((_request, response) => void response.end('{"word":"hi"}')))
    const { port, adminPort, entries, lines } = await startGateway({
      gateway: '{ defaults: { timeout: 5s }, telemetry: { trust: all } }',
      'services/words': wordService(backend.url),
      'routes/word': wordRoute,
    })
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    await sendRaw(port, request('GET /word?x=private HTTP/1.1', `traceparent: 00-${traceId}-b7ad6b7169203331-00`))
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({
      method: 'GET',
      path: '/word',
      route: 'word',
      status: 200,
      bytes: 13,
      traceId,
      degraded: [],
      budgetMs: 5000,
    })
    expect(entries[0]!.records).toMatchObject([{ step: 'word', source: 'live', status: 200 }])
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ route: 'word', status: 200, trace_id: traceId, msg: 'request' }),
    )
    expect(lines.join()).not.toContain('private')
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toContain(
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/word",http_response_status_code="200"} 1',
    )
    expect(metrics).toMatch(/http_server_active_requests 0/)
  })

  test('the deadline of a trusted proxy cuts the budget', async () => {
    const backend = await opened(startHttpServer(() => {}))
    const { port } = await startGateway({
      gateway: '{ defaults: { timeout: 5s }, trustedProxies: [loopback] }',
      'services/words': wordService(backend.url),
      'routes/word': wordRoute,
    })
    const answer = await sendRaw(port, request('GET /word HTTP/1.1', 'x-envoy-expected-rq-timeout-ms: 60'))
    expect([answer.status, answer.json()['code']]).toEqual([504, 'timeout'])
  })
})
