import { once } from 'node:events'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'
import { startHttpServer, startTcpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho, upgradeRequest } from '../support/websocket.ts'

const service = (...urls: string[]) => `service: shop\nendpoints: [${urls.join(', ')}]\noperations: {}\n`
const route = (timeout = '5s') => `match: ANY /shop/*rest\nproxy: shop\ntimeout: ${timeout}\n`

function startBefore(url: string, gateway = '{}', timeout?: string) {
  return startGateway({ gateway, 'services/shop': service(url), 'routes/shop': route(timeout) })
}

/** A backend that remembers what it was asked. */
async function startBackend(listener: RequestListener = (_request, response) => void response.end('fine')) {
  const seen: { line: string; raw: string[]; headers: IncomingMessage['headers']; body: string }[] = []
  const backend = await opened(
    startHttpServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url, rawHeaders, headers } = request
      seen.push({ line: `${method} ${url}`, raw: rawHeaders, headers, body: Buffer.concat(chunks).toString() })
      listener(request, response)
    }),
  )
  return { ...backend, seen }
}

/** A backend that answers every request with these bytes; `then` decides about the connection. */
function startSpeaker(bytes: string, then: (socket: Socket) => void = (socket) => socket.end()) {
  return opened(
    startTcpServer((socket) => {
      socket.write(Buffer.from(bytes, 'latin1'), () => then(socket))
    }),
  )
}

describe('what is passed on', () => {
  test('path and query go byte for byte behind the endpoint’s prefix', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(`${backend.url}/v1`)
    for (const target of ['/shop/a%2Fb//c;x=%7e?q=%zz&a=1+2&&=&?', '/shop/', "/shop/!$&'()*+,:@~?f={|}^`\\[]"]) {
      expect((await sendRaw(port, request(`GET ${target} HTTP/1.1`))).status).toBe(200)
      expect(backend.seen.at(-1)!.line).toBe(`GET /v1${target}`)
    }
  })

  test('any method and body goes, with a length or in chunks', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'GET']) {
      await sendRaw(port, `${request(`${method} /shop/x HTTP/1.1`, 'Content-Length: 5')}hello`)
      expect(backend.seen.at(-1)).toMatchObject({ line: `${method} /shop/x`, body: 'hello' })
      await sendRaw(
        port,
        `${request(`${method} /shop/x HTTP/1.1`, 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
      )
      expect(backend.seen.at(-1)).toMatchObject({ line: `${method} /shop/x`, body: 'hello' })
    }
  })

  test('the body of a GET cannot become the next request', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    const smuggled = 'GET /shop/smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
    const size = smuggled.length.toString(16)
    await sendRaw(
      port,
      `${request('GET /shop/x HTTP/1.1', 'Transfer-Encoding: chunked')}${size}\r\n${smuggled}\r\n0\r\n\r\n`,
    )
    await sendRaw(port, request('GET /shop/y HTTP/1.1'))
    expect(backend.seen.map(({ line }) => line)).toEqual(['GET /shop/x', 'GET /shop/y'])
    expect(backend.seen[0]!.body).toBe(smuggled)
  })

  test('headers go, but those of the connection do not', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    const headers = [
      'X-A: 1',
      'X-A: 2',
      'Keep-Alive: timeout=9',
      'Proxy-Authorization: secret',
      'TE: trailers',
      'Trailer: X-T',
      'X-Hop: 1',
    ]
    const text = `GET /shop/x HTTP/1.1\r\nHost: gateway.test\r\nConnection: close, X-Hop\r\n${headers.join('\r\n')}\r\n\r\n`
    expect((await sendRaw(port, text)).status).toBe(200)
    const got = backend.seen[0]!.headers
    expect(got).toMatchObject({ 'x-a': '1, 2' })
    expect(got.host).toBe(`127.0.0.1:${backend.port}`)
    for (const name of ['proxy-authorization', 'te', 'trailer', 'x-hop']) expect(got[name]).toBeUndefined()
    expect(got['keep-alive']).not.toBe('timeout=9')
  })

  test('where it comes from is told by us, and added to what a trusted proxy says', async () => {
    const backend = await startBackend()
    const forged = [
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-Host: evil',
      'Forwarded: for=6.6.6.6',
      'X-Real-IP: 6.6.6.6',
    ]
    const untrusting = await startBefore(backend.url)
    await sendRaw(untrusting.port, request('GET /shop/x HTTP/1.1', ...forged))
    expect(backend.seen.at(-1)!.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'gateway.test',
      'x-forwarded-proto': 'http',
    })
    expect(JSON.stringify(backend.seen.at(-1)!.raw)).not.toContain('6.6.6.6')
    const trusting = await startBefore(backend.url, 'trustedProxies: [loopback]')
    await sendRaw(trusting.port, request('GET /shop/x HTTP/1.1', ...forged))
    expect(backend.seen.at(-1)!.headers).toMatchObject({
      'x-forwarded-for': '6.6.6.6, 127.0.0.1',
      'x-forwarded-host': 'evil',
    })
  })

  test('the trace goes on in it', async () => {
    const backend = await startBackend()
    const { port, entries } = await startBefore(backend.url, 'telemetry: { trust: all }')
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const answer = await sendRaw(
      port,
      request('GET /shop/x HTTP/1.1', `traceparent: 00-${trace}-b7ad6b7169203331-00`, 'X-Request-Id: r1'),
    )
    expect(backend.seen[0]!.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-`))
    expect(backend.seen[0]!.headers['x-request-id']).toBe('r1')
    expect(answer.header('x-request-id')).toBe('r1')
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ route: 'shop', status: 200, bytes: 4, traceId: trace })
  })

  test('endpoints take turns', async () => {
    const [one, other] = [await startBackend(), await startBackend()]
    const { port } = await startGateway({
      'services/shop': service(one.url, other.url),
      'routes/shop': route(),
    })
    for (let turn = 0; turn < 4; turn++) await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([one.seen.length, other.seen.length]).toEqual([2, 2])
  })

  test('dot segments are not', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    for (const path of ['/shop/../admin', '/shop/..%2fadmin', '/shop/%252e%252e/admin']) {
      expect((await sendRaw(port, request(`GET ${path} HTTP/1.1`))).status).toBe(400)
    }
    expect(backend.seen).toEqual([])
  })
})

describe('what comes back', () => {
  test('is the answer as it is, repeated headers too', async () => {
    const backend = await startBackend((_request, response) => {
      const headers = ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-A', 'é', 'Connection', 'X-Hop', 'X-Hop', '1']
      response.writeHead(404, 'Gone fishing', headers).end('nope')
    })
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.body.includes('nope')]).toEqual([404, true])
    expect(answer.head.match(/^set-cookie: /gim)).toHaveLength(2)
    expect(answer.header('x-a')).toBe('é')
    expect(answer.header('x-hop')).toBeUndefined()
    expect(answer.head).toContain('404 Not Found')
  })

  test('streams: the first part is there before the last is made', async () => {
    let finish = () => {}
    const backend = await startBackend((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: 1\n\n')
      finish = () => response.end('data: 2\n\n')
    })
    const { port } = await startBefore(backend.url)
    const socket = await dial(port)
    socket.write(request('GET /shop/events HTTP/1.1'))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    await until(() => text.includes('data: 1'))
    expect(text).not.toContain('data: 2')
    finish()
    await once(socket, 'close')
    expect(text).toContain('data: 2')
    expect(text.endsWith('0\r\n\r\n')).toBe(true)
  })

  test('to HEAD has the length, 204 and 304 have no body', async () => {
    const backend = await startBackend((request, response) => {
      const status = Number(request.url!.slice(-3)) || 200
      response.writeHead(status, status === 200 ? { 'content-length': '7' } : {}).end()
    })
    const { port } = await startBefore(backend.url)
    const head = await sendRaw(port, request('HEAD /shop/x HTTP/1.1'))
    expect([head.status, head.header('content-length'), head.body]).toEqual([200, '7', ''])
    for (const status of [204, 304]) {
      const answer = await sendRaw(port, request(`GET /shop/${status} HTTP/1.1`))
      expect([answer.status, answer.body]).toEqual([status, ''])
    }
  })
})

describe('a trap that has ended processes', () => {
  const survives = async (port: number) => {
    expect((await sendRaw(port, request('GET /nowhere HTTP/1.1'))).status).toBe(404)
  }

  test('GET with a Trailer header', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    expect((await sendRaw(port, request('GET /shop/x HTTP/1.1', 'Trailer: X-T'))).status).toBe(200)
    await survives(port)
  })

  test('an answer with Trailer and a length', async () => {
    const backend = await startSpeaker('HTTP/1.1 200 OK\r\nTrailer: X-T\r\nContent-Length: 2\r\n\r\nok')
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.body, answer.header('trailer')]).toEqual([200, 'ok', undefined])
    await survives(port)
  })

  test.each(['000', '099', '600', '999'])('status %s', async (status) => {
    const backend = await startSpeaker(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nok`)
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.json()['code']]).toEqual([502, 'invalid-response'])
    await survives(port)
  })

  test('control characters in the reason phrase', async () => {
    const backend = await startSpeaker('HTTP/1.1 200 O\x01K\x7f\xff\r\nContent-Length: 2\r\n\r\nok')
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([200, 502]).toContain(answer.status)
    expect(answer.head.split('\r\n')[0]).toMatch(/^HTTP\/1\.1 \d{3} [A-Za-z ]+$/)
    await survives(port)
  })

  test.each([
    ['a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['a body with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
  ])('%s that is cut is cut for the client too', async (_what, bytes) => {
    const backend = await startSpeaker(bytes, (socket) => void setTimeout(() => socket.destroy(), 50))
    const { port, entries } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('hello')
    expect(answer.body).not.toContain('0\r\n\r\n')
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 200, error: 'invalid-response' })
    await survives(port)
  })

  test.each([
    ['no HTTP at all', 'hello there\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nbroken\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!'],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['nothing', ''],
  ])('an answer that is %s', async (_what, bytes) => {
    const backend = await startSpeaker(bytes)
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect(answer.status).toBe(502)
    expect(answer.text).not.toContain(String(backend.port))
    await survives(port)
  })

  test('interim answers are dropped', async () => {
    const backend = await startSpeaker(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    )
    const { port } = await startBefore(backend.url)
    expect(await sendRaw(port, request('GET /shop/x HTTP/1.1'))).toMatchObject({ status: 200, body: 'ok' })
  })

  test('Expect: 100-continue is ours to answer', async () => {
    const backend = await startBackend()
    const { port } = await startBefore(backend.url)
    const text = `${request('POST /shop/x HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 2')}hi`
    expect((await sendRaw(port, text)).text).toContain('HTTP/1.1 200')
    expect(backend.seen[0]).toMatchObject({ body: 'hi' })
    expect(backend.seen[0]!.headers.expect).toBeUndefined()
  })
})

describe('failures', () => {
  test('a backend that refuses is a 502', async () => {
    const backend = await startBackend()
    await backend.close()
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.json()['code'], answer.json()['route']]).toEqual([502, 'unavailable', 'shop'])
    expect(answer.text).not.toContain(String(backend.port))
  })

  test('a backend that hangs is a 504, and its connection is closed', async () => {
    const backend = await opened(startHttpServer(() => {}))
    const { port } = await startBefore(backend.url, '{}', '80ms')
    const answer = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([answer.status, answer.json()['code']]).toEqual([504, 'timeout'])
    await backend.disconnected()
  })

  test('a client that hangs up closes the connection to the backend', async () => {
    const backend = await startBackend(() => {})
    const { port, entries } = await startBefore(backend.url, '{}', '60s')
    const socket = await dial(port)
    socket.write(request('GET /shop/x HTTP/1.1'))
    await until(() => backend.seen.length === 1)
    socket.destroy()
    await backend.disconnected()
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 499, error: 'cancelled' })
  })

  test('a client that hangs up in its body does not leave half a request as a whole one', async () => {
    let [came, ended] = [false, false]
    const backend = await opened(
      startHttpServer((request) => {
        request.on('data', () => {
          came = true
        })
        request.on('end', () => {
          ended = true
        })
      }),
    )
    const { port } = await startBefore(backend.url)
    const socket = await dial(port)
    socket.write(`${request('POST /shop/x HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n`)
    await until(() => came)
    socket.destroy()
    await backend.disconnected()
    expect(ended).toBe(false)
  })

  test('an answer that comes before the body has ended is passed back', async () => {
    const backend = await opened(
      startHttpServer((_request, response) => {
        response.writeHead(413, { connection: 'close' }).end('too much')
      }),
    )
    const { port } = await startBefore(backend.url)
    const socket = await dial(port)
    const all = readAll(socket)
    socket.on('data', (chunk) => String(chunk).includes('too much') && socket.end())
    socket.write(`${request('POST /shop/x HTTP/1.1', 'Content-Length: 1000000')}hello`)
    expect(parseAnswer(await all)).toMatchObject({ status: 413 })
  })
})

describe('a WebSocket', () => {
  const upgrade = (path: string) => upgradeRequest(path, 'X-Forwarded-For: 6.6.6.6')

  test('is passed through both ways', async () => {
    const backend = await startEcho()
    const { port } = await startBefore(backend.url)
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(upgrade('/shop/ws'))
    await until(() => text.includes('\r\n\r\n'))
    expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    socket.write('ping')
    await until(() => text.endsWith('ping'))
    expect(backend.requests[0]!.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'sec-websocket-version': '13',
    })
    socket.destroy()
    await backend.disconnected()
  })

  test('that the backend refuses is refused, and the reason phrase is ours', async () => {
    const backend = await startEcho()
    const { port } = await startBefore(backend.url)
    const answer = await sendRaw(port, upgrade('/shop/refused'))
    expect([answer.status, answer.body]).toEqual([403, 'no'])
    expect(answer.head).toContain('403 Forbidden')
  })

  test('to a backend that is away is a 502', async () => {
    const backend = await startEcho()
    await backend.close()
    const { port } = await startBefore(backend.url)
    expect((await sendRaw(port, upgrade('/shop/ws'))).status).toBe(502)
    expect((await sendRaw(port, request('GET /nowhere HTTP/1.1'))).status).toBe(404)
  })

  test('is answered by ours where its backend gives no answer in time', async () => {
    const backend = await startEcho()
    const { port, entries } = await startBefore(backend.url, '{}', '80ms')
    const answer = await openWebSocket(port, '/shop/slow')
    expect([answer.status, answer.json()['code'], answer.header('content-type')]).toEqual([
      504,
      'timeout',
      'application/problem+json; charset=utf-8',
    ])
    await backend.disconnected()
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ route: 'shop', status: 504, error: 'timeout' })
  })

  test('whose client hangs up before it is answered closes the connection to the backend', async () => {
    const backend = await startEcho()
    const { port, entries } = await startBefore(backend.url)
    const socket = await dial(port)
    socket.write(upgrade('/shop/slow'))
    await until(() => backend.requests.length === 1)
    socket.destroy()
    await backend.disconnected()
    await until(() => entries.length === 1)
    expect(entries[0]).toMatchObject({ status: 499, error: 'cancelled' })
  })

  test('is one request in the log, from its beginning to its 101, and carries the trace', async () => {
    const backend = await startEcho()
    const { port, entries } = await startBefore(backend.url)
    const answer = await openWebSocket(port, '/shop/ws', 'X-Request-Id: r1')
    expect([answer.status, answer.header('x-request-id')]).toEqual([101, 'r1'])
    expect(entries).toMatchObject([{ route: 'shop', status: 101, requestId: 'r1' }])
    expect(backend.requests[0]!.headers['traceparent']).toContain(entries[0]!.traceId)
  })

  test('ends, with nothing in it but what the backend sent, when the backend breaks off', async () => {
    const backend = await startEcho()
    const { port } = await startBefore(backend.url)
    const { socket } = await openWebSocket(port, '/shop/ws')
    const all = readAll(socket)
    backend.tunnels[0]!.resetAndDestroy()
    expect(await all).toBe('')
  })

  test('ends when the gateway does', async () => {
    const backend = await startEcho()
    const { port, gateway } = await startBefore(backend.url)
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write(upgrade('/shop/ws'))
    await once(socket, 'data')
    await gateway.close()
    expect(await all).toContain('101')
  })
})
