import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { closeFromClient, closeFromServer } from '../../../src/server/passthrough/frames.ts'
import { issue } from '../../support/certificates.ts'
import { opened } from '../../support/cleanup.ts'
import type { Files } from '../../support/gateway.ts'
import { askHttp2, connectHttp2 } from '../../support/http2.ts'
import { startIssuer } from '../../support/issuer.ts'
import { observe } from '../../support/servers.ts'
import { pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const listen = 'listen: { port: 0, tls: { cert: ./a.crt, key: ./a.key }, http2: true }\n'
const pair = pairFiles('a', issue())

/** A whole frame. */
const greeting = '\x01\x05hello'

/** A backend that takes every upgrade as it should, but for what the path says, and echoes. */
async function startChat() {
  const requests: IncomingMessage[] = []
  const tunnels: Socket[] = []
  const server = createServer((_request, response) => void response.end('fine'))
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    requests.push(request)
    socket.on('error', () => {})
    if (request.url!.endsWith('refused')) return void socket.end('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno')
    if (request.url!.endsWith('stays')) return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno')
    tunnels.push(socket)
    const key = request.url!.endsWith('another') ? 'x' : request.headers['sec-websocket-key']
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    const chosen = request.headers['sec-websocket-protocol'] ? 'Sec-WebSocket-Protocol: v2\r\n' : ''
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    socket.write(`${head}${chosen}Sec-WebSocket-Accept: ${accept}\r\n\r\n${greeting}`)
    socket.pipe(socket)
  })
  return { ...(await opened(observe(server))), requests, tunnels }
}

async function start(files: Files = {}) {
  const chat = await startChat()
  const running = await startWith(
    {
      'services/chat': `service: chat\nendpoints: ['${chat.url}']\n`,
      'routes/chat': 'match: ANY /chat/*rest\nproxy: chat\n',
      'routes/page': 'match: GET /page\nresponse: { body: here }\n',
      ...files,
      gateway: listen + (files['gateway'] ?? ''),
    },
    pair,
  )
  const session = await connectHttp2(running.port)
  if (!session.remoteSettings?.enableConnectProtocol) await once(session, 'remoteSettings')
  return { ...running, chat, session }
}

const connect = (path: string, headers: OutgoingHttpHeaders = {}) => ({
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':scheme': 'https',
  ':path': path,
  'sec-websocket-version': '13',
  ...headers,
})

/** Opens one; what is heard on it is in `heard`. */
async function open(session: ClientHttp2Session, path: string, headers?: OutgoingHttpHeaders) {
  const stream: ClientHttp2Stream = session.request({ ':authority': 'gateway.test', ...connect(path, headers) })
  stream.on('error', () => {})
  const heard = { bytes: Buffer.alloc(0) }
  stream.on('data', (bytes: Buffer) => {
    heard.bytes = Buffer.concat([heard.bytes, bytes])
  })
  const [head] = await once(stream, 'response')
  return { stream, head: head as Record<string, unknown>, heard }
}

const refusal = async (session: ClientHttp2Session, path: string, headers?: OutgoingHttpHeaders) => {
  const { status, body } = await askHttp2(session, connect(path, headers))
  return [status, body.startsWith('{') ? JSON.parse(body).code : body]
}

describe('a WebSocket over HTTP/2', () => {
  test('is passed through both ways beside other requests, and is one of HTTP/1.1 to its service', async () => {
    const { session, chat, entries } = await start()
    const { stream, head, heard } = await open(session, '/chat/room?a=1', { 'sec-websocket-protocol': 'v1, v2' })
    expect(head).toMatchObject({ ':status': 200, 'sec-websocket-protocol': 'v2', 'x-request-id': expect.any(String) })
    expect(Object.keys(head)).not.toEqual(expect.arrayContaining([expect.stringMatching(/accept|upgrade|connection/)]))
    stream.write('ping')
    await until(() => String(heard.bytes) === `${greeting}ping`)
    expect(await askHttp2(session, { ':path': '/page' })).toMatchObject({ status: 200 })
    const [{ method, url, headers }] = chat.requests as [IncomingMessage]
    expect([method, url]).toEqual(['GET', '/chat/room?a=1'])
    expect(headers).toMatchObject({
      upgrade: 'websocket',
      connection: expect.stringMatching(/upgrade/i),
      'sec-websocket-version': '13',
      'x-forwarded-proto': 'https',
      via: expect.stringMatching(/^2 /),
    })
    expect(entries.map(({ status, path }) => [status, path])).toEqual([
      [200, '/chat/*rest'],
      [200, '/page'],
    ])
    stream.end()
    await chat.disconnected()
    await once(stream, 'close')
    expect(stream.rstCode).toBe(0)
  })

  test('carries more than fits any buffer, and its bytes in order', async () => {
    const { session, heard, stream } = await start().then(async (running) => ({
      ...running,
      ...(await open(running.session, '/chat/room')),
    }))
    const sent = Buffer.alloc(3_000_000, '0123456789abc')
    stream.end(sent)
    await once(stream, 'close')
    expect(heard.bytes.length).toBe(sent.length + greeting.length)
    expect(heard.bytes.subarray(greeting.length).equals(sent)).toBe(true)
    expect(session.closed).toBe(false)
  })

  test('ends with its service, and its service with it, however either ends', async () => {
    const { session, chat } = await start()
    const first = await open(session, '/chat/a')
    chat.tunnels[0]!.destroy()
    await once(first.stream, 'close')
    const second = await open(session, '/chat/b')
    second.stream.close(8)
    await chat.disconnected(2)
    expect(await askHttp2(session, { ':path': '/page' })).toMatchObject({ status: 200 })
  })

  test('is refused as the service says, or where no `proxy:` route takes it, and never by a success', async () => {
    const { session } = await start()
    expect(await refusal(session, '/chat/refused')).toEqual([403, 'no'])
    expect(await refusal(session, '/chat/stays')).toEqual([502, 'invalid-response'])
    expect(await refusal(session, '/chat/another')).toEqual([502, 'invalid-response'])
    expect(await refusal(session, '/page')).toEqual([404, 'not-found'])
    expect(await refusal(session, '/nowhere')).toEqual([404, 'not-found'])
    expect(await refusal(session, '/chat/%2e%2e/x')).toEqual([400, 'bad-request'])
    expect(await refusal(session, '/chat/x', { ':protocol': 'connect-udp' })).toEqual([501, 'not-implemented'])
  })

  test('passes the same gates: who asks, from which page, how many', async () => {
    const issuer = await startIssuer()
    const { session } = await start({
      gateway: `auth: { user: { jwt: { issuer: '${issuer.url}', audience: shop, from: [header.authorization, cookie.token] } } }\ndefaults: { auth: user }\n`,
      'routes/chat': 'match: ANY /chat/*rest\nproxy: chat\nbulkhead: { concurrent: 1, queue: 0 }\n',
    })
    const token = await issuer.sign({ sub: 'mei' })
    const bearer = { authorization: `Bearer ${token}` }
    expect(await refusal(session, '/chat/a')).toEqual([401, 'unauthenticated'])
    const foreign = { cookie: `token=${token}`, origin: 'https://evil.example' }
    expect(await refusal(session, '/chat/a', foreign)).toEqual([403, 'cross-origin'])
    const { stream } = await open(session, '/chat/a', bearer)
    expect(await refusal(session, '/chat/b', bearer)).toEqual([503, 'overloaded'])
    stream.close()
    await until(async () => (await refusal(session, '/chat/refused', bearer))[0] === 403)
  })

  test('is told that the gateway goes away (1001), at both ends', async () => {
    const { session, chat, gateway } = await start({ gateway: 'drain: { total: 30s }\n' })
    const { stream, heard } = await open(session, '/chat/room')
    const told: Buffer[] = []
    chat.tunnels[0]!.on('data', (bytes: Buffer) => told.push(bytes))
    await until(() => String(heard.bytes) === greeting)
    const closing = gateway.close()
    await once(stream, 'end')
    expect(heard.bytes.subarray(greeting.length).equals(closeFromServer)).toBe(true)
    await until(() => Buffer.concat(told).equals(closeFromClient))
    stream.end()
    await closing
  })
})
