import { createServer, type Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { startGateway } from '../support/gateway.ts'
import { dial, readRefusal, request, sendRaw, sendRefused } from '../support/raw.ts'
import { answer, startRawBackend } from '../support/raw-backend.ts'
import { observe } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

interface Setting {
  readonly urls: readonly string[]
  readonly gateway?: string
  readonly service?: string
  readonly route?: string
}

function startBefore({ urls, gateway = '{}', service = '', route = '' }: Setting) {
  return startGateway({
    gateway,
    'services/shop': `service: shop\nendpoints: [${urls.join(', ')}]\n${service}\noperations: {}\n`,
    'routes/shop': `match: ANY /shop/*rest\nproxy: shop\n${route}`,
  })
}

const eject = 'outlier: { failures: 2, maxEjected: 100% }'

async function statesOf(adminPort: number): Promise<string> {
  return (await sendRaw(adminPort, 'GET /-/endpoints HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')).body
}

/** A backend that takes everything that it is sent, and answers when the client has sent `enough` bytes of body. */
async function startSink(enough = Infinity) {
  const received: string[] = []
  const server = createServer((socket) => {
    const at = received.push('') - 1
    socket.on('data', (chunk) => {
      received[at] += chunk.toString('latin1')
      const body = received[at]!.split('\r\n\r\n')[1] ?? ''
      if (body.length >= enough || received[at]!.startsWith('GET')) socket.write(answer('fine'))
    })
  })
  return { ...(await opened(observe(server))), received }
}

describe('a body that is too large', () => {
  const gateway = 'defaults: { maxRequestBody: 10KB }'

  test('by its length is refused before the backend hears of it', async () => {
    const backend = await startSink()
    const { port } = await startBefore({ urls: [backend.url], gateway })
    const refused = await sendRefused(port, request('POST /shop/x HTTP/1.1', 'Content-Length: 20000'))
    expect([refused.status, refused.json()['code'], refused.json()['route']]).toEqual([413, 'body-too-large', 'shop'])
    expect(backend.received).toEqual([])
  })

  test('in chunks is refused when it passes the limit, closes the connection to the backend, and blames nobody', async () => {
    const backend = await startSink()
    const { port, adminPort } = await startBefore({ urls: [backend.url], gateway, service: eject })
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`
    for (let round = 0; round < 4; round++) {
      const socket = await dial(port)
      const refusal = readRefusal(socket)
      socket.write(request('POST /shop/x HTTP/1.1', 'Transfer-Encoding: chunked'))
      socket.write(chunk.repeat(2))
      await until(() => (backend.received[round]?.length ?? 0) > 8192)
      socket.write(chunk.repeat(2))
      expect(await refusal).toMatchObject({ status: 413 })
      await backend.disconnected(round + 1)
      expect(backend.received[round]!.length).toBeLessThan(14_000)
      expect(backend.received[round]).not.toContain('\r\n0\r\n\r\n')
    }
    expect(await statesOf(adminPort)).not.toContain('ejected')
  })

  test('is what the route says it is', async () => {
    const backend = await startSink(20_000)
    const { port } = await startBefore({ urls: [backend.url], gateway, route: 'maxRequestBody: 30KB' })
    const body = 'x'.repeat(20_000)
    expect((await sendRaw(port, `${request('POST /shop/x HTTP/1.1', 'Content-Length: 20000')}${body}`)).status).toBe(
      200,
    )
    const over = await sendRefused(port, request('POST /shop/x HTTP/1.1', 'Content-Length: 40000'))
    expect(over.status).toBe(413)
  })

  test('is what an aggregated route says it is', async () => {
    const { port } = await startGateway({
      gateway,
      'routes/echo':
        'match: POST /echo\nmaxRequestBody: 1KB\nin: { word: $.word }\nresponse: { body: { word: $.word } }\n',
    })
    const body = JSON.stringify({ word: 'x'.repeat(2000) })
    const text = `${request('POST /echo HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${body.length}`)}${body}`
    expect((await sendRaw(port, text)).status).toBe(413)
  })
})

describe('what a client does tells nothing of a backend', () => {
  test('that stalls its own upload: it gets 408, and nothing is ejected', async () => {
    const backends = [await startSink(), await startSink()]
    const urls = backends.map(({ url }) => url)
    const { port, adminPort } = await startBefore({ urls, service: eject, route: 'timeout: 1s' })
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) => {
        const framing = at % 2 === 0 ? 'Content-Length: 1000' : 'Transfer-Encoding: chunked'
        return sendRefused(
          port,
          `${request('POST /shop/x HTTP/1.1', framing)}${at % 2 === 0 ? 'hello' : '5\r\nhello\r\n'}`,
        )
      }),
    )
    for (const one of answers) expect([one.status, one.json()['code']]).toEqual([408, 'request-timeout'])
    expect(await statesOf(adminPort)).not.toContain('ejected')
    expect((await sendRaw(port, request('GET /shop/x HTTP/1.1'))).body).toBe('fine')
  })

  test('that hangs up in its upload', async () => {
    const backend = await startSink()
    const { port, adminPort, entries } = await startBefore({ urls: [backend.url, backend.url], service: eject })
    for (let round = 0; round < 6; round++) {
      const socket = await dial(port)
      socket.write(`${request('POST /shop/x HTTP/1.1', 'Content-Length: 1000')}hello`)
      await until(() => backend.received[round]?.endsWith('hello') === true)
      if (round % 2 === 0) socket.destroy()
      else socket.resetAndDestroy()
      await until(() => entries.length === round + 1)
      expect(entries[round]).toMatchObject({ status: 499, error: 'cancelled' })
    }
    expect(await statesOf(adminPort)).not.toContain('ejected')
  })

  test('but a backend that takes nothing more of an upload is its own fault: 504', async () => {
    const server = createServer((socket: Socket) => socket.pause())
    const backend = await opened(observe(server))
    const { port, adminPort } = await startBefore({
      urls: [backend.url],
      gateway: 'defaults: { maxRequestBody: 64MB }',
      service: eject,
      route: 'timeout: 2s',
    })
    for (let round = 0; round < 2; round++) {
      const socket = await dial(port)
      const refusal = readRefusal(socket)
      // More than all the buffers on the way hold.
      const length = 16 * 1024 * 1024
      socket.write(request('POST /shop/x HTTP/1.1', `Content-Length: ${length}`))
      socket.write(Buffer.alloc(length))
      expect(await refusal).toMatchObject({ status: 504 })
    }
    expect(await statesOf(adminPort)).toContain('ejected')
  })

  test('and honest failures still eject', async () => {
    const backend = await startRawBackend((socket) => socket.write(answer('', '500 Oh')))
    const { port, adminPort } = await startBefore({ urls: [backend.url], service: eject })
    for (let round = 0; round < 2; round++) await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect(await statesOf(adminPort)).toContain('ejected')
  })
})

describe('an answer that cannot be passed on is a 502 of its own kind', () => {
  const cut = (bytes: string) => (socket: Socket) => void socket.end(bytes)

  test.each([
    ['gzip', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzipped'],
    ['gzip, chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n6\r\nzipped\r\n0\r\n\r\n'],
    [
      'two fields',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n',
    ],
    ['identity', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nzipped'],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nzipped\r\n0\r\n\r\n'],
  ])('a transfer coding that is not undone: %s', async (_, bytes) => {
    const backend = await startRawBackend(cut(bytes))
    const { port } = await startBefore({ urls: [backend.url] })
    const refused = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([refused.status, refused.json()['code']]).toEqual([502, 'invalid-response'])
    expect(refused.text).not.toContain('zipped')
  })

  test('chunks in any case are undone', async () => {
    const backend = await startRawBackend(
      cut('HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n'),
    )
    const { port } = await startBefore({ urls: [backend.url] })
    expect((await sendRaw(port, request('GET /shop/x HTTP/1.1'))).text).toContain('fine')
  })

  test.each(['100 Continue', '102 Processing', '103 Early Hints', '199 Odd'])('a flood of %s', async (status) => {
    const backend = await startRawBackend((socket) => {
      const flood = () => {
        while (socket.writable && socket.write(`HTTP/1.1 ${status}\r\nA: ${'a'.repeat(4000)}\r\n\r\n`));
      }
      socket.on('drain', flood)
      flood()
    })
    const { port } = await startBefore({ urls: [backend.url], route: 'timeout: 1h' })
    const refused = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([refused.status, refused.json()['code']]).toEqual([502, 'invalid-response'])
    await backend.disconnected()
  })

  test.each([
    ['in bytes', 20, 1000],
    ['in number', 1100, 1],
  ])('a flood of headers %s', async (_, count, length) => {
    const headers = Array.from({ length: count }, (_, at) => `a${at}: ${'a'.repeat(length)}\r\n`).join('')
    const backend = await startRawBackend((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${headers}Content-Length: 0\r\n\r\n`),
    )
    const { port } = await startBefore({ urls: [backend.url] })
    const refused = await sendRaw(port, request('GET /shop/x HTTP/1.1'))
    expect([refused.status, refused.json()['code']]).toEqual([502, 'invalid-response'])
  })
})

test.each(['//', '//a:99999/', '///x', '/\\'.slice(0, 1)])('the path %s is one like any other', async (path) => {
  const backend = await startRawBackend((socket, head) => socket.write(answer(head.split(' ', 2)[1]!)))
  const { port } = await startGateway({
    'services/shop': `service: shop\nendpoints: [${backend.url}]\noperations: {}\n`,
    'routes/all': 'match: ANY /*rest\nproxy: shop\n',
  })
  const passed = await sendRaw(port, request(`GET ${path} HTTP/1.1`))
  expect([passed.status, passed.body]).toEqual([200, path])
})

test('a target with a port that is none is refused by us, not by a page of Express', async () => {
  const backend = await startSink()
  const { port } = await startBefore({ urls: [backend.url] })
  const text = 'GET http://a:99999/shop/x HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n'
  const refused = await sendRaw(port, text)
  expect(refused.header('content-type') ?? '').not.toContain('html')
  expect(refused.header('x-request-id')).toBeDefined()
})
