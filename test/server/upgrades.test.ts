import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { dial, readAll, request, sendRaw, sendRefused } from '../support/raw.ts'
import { answer, startRawBackend } from '../support/raw-backend.ts'
import { observe } from '../support/servers.ts'
import { until } from '../support/waiting.ts'
import { openWebSocket, startEcho, upgradeRequest } from '../support/websocket.ts'

const files = (url: string) => ({
  'services/shop': `service: shop\nendpoints: [${url}]\noperations: {}\n`,
  'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  'routes/hello': 'match: GET /hello\nresponse: { body: hello }\n',
})

async function startBefore(url: string) {
  const running = await startGateway(files(url))
  // The first request of a process pays for what is compiled.
  await sendRaw(running.port, request('GET /shop/warm HTTP/1.1'))
  return running
}

test('a handshake for what the gateway answers itself is answered, whatever a route takes', async () => {
  const backend = await startEcho()
  const { port } = await startGateway({
    gateway: `publicUrl: http://127.0.0.1:1/
mcp: { auth: none }
openapi: true
auth: { staff: { oidc: { issuer: 'http://127.0.0.1:9', clientId: t, cookieKeys: [${'k'.repeat(40)}] } } }
defaults: { auth: none }`,
    'services/shop': `service: shop\nendpoints: ['${backend.url}']\noperations: {}\n`,
    'routes/shop': 'match: ANY /*rest\nproxy: shop\n',
    'routes/staff': 'match: GET /staff\nauth: staff\nresponse: { body: 1 }\n',
    'routes/tool': 'match: GET /tool\nsummary: A tool\ntool: true\nresponse: { body: 1 }\n',
  })
  const answers = { '/mcp': 405, '/-/auth/callback?state=x': 400, '/-/auth/logout': 403, '/openapi.json': 200 }
  for (const [path, status] of Object.entries(answers)) {
    const answered = await openWebSocket(port, path, 'Sec-Fetch-Site: cross-site')
    answered.socket.destroy()
    expect([path, answered.status]).toEqual([path, status])
  }
  const other = await openWebSocket(port, '/other')
  other.socket.destroy()
  expect(other.status).toBe(101)
  expect(backend.requests.map(({ url }) => url)).toEqual(['/other'])
})

describe('a handshake that announces a body', () => {
  test.each([
    ['a length', 'Content-Length: 1', ''],
    ['a length, and the body', 'Content-Length: 5', 'hello'],
    ['a length of zeros and more', 'Content-Length: 0001', ''],
    ['chunks', 'Transfer-Encoding: chunked', ''],
    ['chunks, and an empty body', 'Transfer-Encoding: chunked', '0\r\n\r\n'],
    ['a length that its Connection header takes back', 'Connection: content-length\r\nContent-Length: 5', ''],
  ])('by %s is refused, before anything of it goes on', async (_, header, body) => {
    const backend = await startRawBackend((socket) => socket.write(answer('fine')))
    const { port } = await startBefore(backend.url)
    const refused = await sendRefused(port, upgradeRequest('/shop/ws', header) + body)
    expect([refused.status, refused.json()['code'], refused.header('connection')]).toEqual([
      400,
      'bad-request',
      'close',
    ])
    expect(backend.heads.filter((head) => head.includes('/shop/ws'))).toEqual([])
    expect((await sendRaw(port, request('GET /shop/x HTTP/1.1'))).body).toBe('fine')
  })

  test('is an ordinary request to a route that passes nothing on, body and all', async () => {
    const backend = await startRawBackend((socket) => socket.write(answer('fine')))
    const { port } = await startBefore(backend.url)
    const socket = await dial(port)
    const all = readAll(socket)
    socket.write(`${upgradeRequest('/hello', 'Content-Length: 33')}GET /shop/smuggled HTTP/1.1\r\n\r\n..`)
    await once(socket, 'data')
    socket.write(request('GET /hello HTTP/1.1'))
    expect((await all).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
    expect(backend.heads.filter((head) => head.includes('smuggled'))).toEqual([])
  })

  test.each(['Content-Length: 1', 'Transfer-Encoding: chunked'])(
    'and no CONNECT with %s ends the process',
    async (header) => {
      const backend = await startRawBackend((socket) => socket.write(answer('fine')))
      const { port } = await startBefore(backend.url)
      const refused = await sendRaw(port, `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n${header}\r\n\r\n`)
      expect(refused.status).toBe(501)
      expect((await sendRaw(port, request('GET /shop/x HTTP/1.1'))).body).toBe('fine')
    },
  )
})

test('a handshake with a length of 0 is taken, and the length goes nowhere', async () => {
  const backend = await startEcho()
  const { port } = await startBefore(backend.url)
  const { status, socket } = await openWebSocket(port, '/shop/ws', 'Content-Length: 0')
  expect(status).toBe(101)
  expect(backend.requests[0]!.headers).toMatchObject({ connection: 'Upgrade', upgrade: 'websocket' })
  expect(backend.requests[0]!.headers['content-length']).toBeUndefined()
  socket.write('ping')
  expect(String((await once(socket, 'data'))[0])).toBe('ping')
})

test('a switch to another protocol than was asked for is a 502', async () => {
  const backend = await startRawBackend((socket, head) =>
    socket.write(
      head.includes('/shop/ws')
        ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
        : answer('fine'),
    ),
  )
  const { port } = await startBefore(backend.url)
  const refused = await sendRaw(port, upgradeRequest('/shop/ws'))
  expect([refused.status, refused.json()['code']]).toEqual([502, 'invalid-response'])
})

test('a 101 goes on without a length of its own', async () => {
  const switched =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 9\r\n\r\n'
  const backend = await startRawBackend((socket, head) =>
    socket.write(head.includes('/shop/ws') ? switched : answer('fine')),
  )
  const { port } = await startBefore(backend.url)
  const taken = await openWebSocket(port, '/shop/ws').catch((error: unknown) => error)
  expect(taken).toMatchObject({ status: 101 })
  expect((taken as { head: string }).head).not.toMatch(/content-length/i)
})

describe('a handshake behind a request that is not answered yet', () => {
  test.each(['/shop/slow', '/slow'])(
    '(%s) leaves the order of the answers as it is, and the process alive',
    async (path) => {
      const release: (() => void)[] = []
      const server = createServer((incoming, response) => {
        if (incoming.url!.includes('slow'))
          release.push(() => void response.setHeader('content-type', 'application/json').end('"slow"'))
        else response.end(`upgrade: ${incoming.headers.upgrade}`)
      })
      const backend = await opened(observe(server))
      const { port } = await startGateway({
        ...files(backend.url),
        'services/slow': `service: slow\nendpoints: [${backend.url}]\noperations: { slow: { get: /slow } }\n`,
        'routes/slow': 'match: GET /slow\ndo: [ { invoke: slow.slow } ]\nresponse: { body: slow }\n',
      })
      await sendRaw(port, request('GET /shop/warm HTTP/1.1'))
      const socket = await dial(port)
      const all = readAll(socket)
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n${upgradeRequest('/shop/ws')}`)
      await until(() => release.length === 1)
      release[0]!()
      const text = await all
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
      expect(text.indexOf('slow')).toBeLessThan(text.indexOf('upgrade: undefined'))
      expect((await sendRaw(port, request('GET /hello HTTP/1.1'))).status).toBe(200)
    },
  )
})

test.each(['200 OK', '204 No Content', '304 Not Modified', '403 Forbidden', '404 Not Found', '426 Upgrade Required'])(
  'a connection on which an upgrade was answered with %s is not used again',
  async (status) => {
    const backend = await startRawBackend((socket, head) =>
      socket.write(head.includes('/shop/ws') ? answer('', status) : answer('fine')),
    )
    const { port } = await startBefore(backend.url)
    const before = backend.connections.length
    expect((await sendRaw(port, upgradeRequest('/shop/ws'))).status).toBe(Number(status.slice(0, 3)))
    expect((await sendRaw(port, request('GET /shop/next HTTP/1.1'))).body).toBe('fine')
    const asked = backend.connections.filter(({ text }) => text.includes('/shop/ws'))
    expect(asked).toHaveLength(1)
    expect(asked[0]!.text).not.toContain('/shop/next')
    expect(backend.connections.length).toBeGreaterThanOrEqual(before)
  },
)

describe('a request with more headers than Node counts', () => {
  const many = Array.from({ length: 1100 }, (_, at) => `a${at}:b`).join('\r\n')

  test('is passed on with the framing that stands last', async () => {
    const seen: string[] = []
    const server = createServer({ maxHeaderSize: 64 * 1024 }, async (incoming, response) => {
      let body = ''
      for await (const chunk of incoming) body += chunk
      seen.push(`${incoming.method} ${incoming.url} ${body.length}`)
      response.end('fine')
    })
    server.maxHeadersCount = 0
    const backend = await opened(observe(server))
    const { port } = await startBefore(backend.url)
    const smuggled = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n'
    const chunk = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
    await sendRaw(
      port,
      `GET /shop/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`,
    )
    await sendRaw(port, request('GET /shop/y HTTP/1.1'))
    expect(seen.slice(1)).toEqual([`GET /shop/x ${smuggled.length}`, 'GET /shop/y 0'])
  })

  test('cannot hide a second Host or a coding behind them', async () => {
    const { port } = await startGateway({ 'routes/hello': 'match: GET /hello\nresponse: { body: hello }\n' })
    const head = (last: string) => `GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n${last}\r\n\r\n`
    for (const last of ['Host: b', 'Transfer-Encoding: gzip, chunked']) {
      expect((await sendRefused(port, head(last))).status).toBe(400)
    }
  })
})
