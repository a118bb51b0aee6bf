import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { opened } from '../../support/cleanup.ts'
import { untilActive } from '../../support/gateway.ts'
import { askHttp2, connectHttp2, dialHttp2, frameTypes, get } from '../../support/http2.ts'
import { parseAnswer, request } from '../../support/raw.ts'
import { answer, startRawBackend } from '../../support/raw-backend.ts'
import { startHttpServer } from '../../support/servers.ts'
import { askTls, pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const listen = (more = 'http2: true') => `listen: { port: 0, tls: { cert: ./a.crt, key: ./a.key }, ${more} }\n`
const pair = pairFiles('a', issue())
const echo = `match: POST /echo/{id}
decode: [json]
in: { seen.id: path.id, seen.body: $.n, seen.host: header.host, seen.cookie?: header.cookie }
response: { headers: { set-cookie: [a=1, b=2] }, body: { id: $.seen.id, n: $.seen.body, host: $.seen.host, cookie: $.seen.cookie } }
`
const dictionary =
  'colors: { seen.id: { type: string }, seen.body: { type: number }, seen.host: { type: string }, seen.cookie: { type: string } }\n'
const post = { ':method': 'POST', ':path': '/echo/7', 'content-type': 'application/json' }
const routes = { 'routes/echo': echo, dictionary }

describe('a request of HTTP/2', () => {
  test('is what it is in HTTP/1.1, and HTTP/1.1 is spoken beside it', async () => {
    const { port, entries } = await startWith({ gateway: listen(), ...routes }, pair)
    const session = await connectHttp2(port)
    const answer = await askHttp2(session, { ...post, cookie: ['a=1', 'b=2'] }, '{"n":1}')
    expect(answer).toMatchObject({ status: 200, reset: 0 })
    expect(JSON.parse(answer.body)).toEqual({ id: '7', n: 1, host: 'gateway.test', cookie: 'a=1; b=2' })
    expect(answer.headers['content-length']).toBe(String(answer.body.length))
    const old = parseAnswer(
      await askTls(
        port,
        `${request('POST /echo/7 HTTP/1.1', 'Content-Type: application/json', 'Cookie: a=1; b=2', 'Content-Length: 7')}{"n":1}`,
      ),
    )
    expect(old.json()).toEqual(JSON.parse(answer.body))
    expect(entries.map(({ status, path, bytes }) => [status, path, bytes])).toEqual([
      [200, '/echo/7', answer.body.length],
      [200, '/echo/7', answer.body.length],
    ])
  })

  test('has problems, 404, 405, HEAD and many at once', async () => {
    const page = 'match: GET /page\nresponse: { body: { is: here } }\n'
    const { port } = await startWith({ gateway: listen(), ...routes, 'routes/page': page }, pair)
    const session = await connectHttp2(port)
    expect(await askHttp2(session, { ':path': '/nowhere' })).toMatchObject({ status: 404 })
    expect(await askHttp2(session, { ':path': '/echo/7' })).toMatchObject({
      status: 405,
      headers: { allow: 'POST, OPTIONS' },
    })
    expect(await askHttp2(session, { ':method': 'HEAD', ':path': '/page' })).toMatchObject({ status: 200, body: '' })
    expect(await askHttp2(session, post, 'no json')).toMatchObject({ status: 400 })
    const many = await Promise.all(Array.from({ length: 90 }, () => askHttp2(session, { ':path': '/page' })))
    expect(new Set(many.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 {"is":"here"}']))
  })

  test('whose body is too large is answered 413 at once, and one whose head is, 431', async () => {
    const { port } = await startWith(
      { gateway: `${listen('http2: true, maxHeaderSize: 2KB')}defaults: { maxRequestBody: 1KB }\n`, ...routes },
      pair,
    )
    const session = await connectHttp2(port)
    const large = await askHttp2(session, post, Buffer.alloc(300_000, 'x'))
    expect([large.status, JSON.parse(large.body).title]).toEqual([413, 'The request body is too large'])
    const head = await askHttp2(session, { ':path': '/page', 'x-long': 'x'.repeat(3000) })
    expect([head.status, JSON.parse(head.body).title]).toEqual([431, 'The request headers are too large'])
    // The connection goes on.
    expect(await askHttp2(session, post, '{"n":1}')).toMatchObject({ status: 200 })
  })

  test('that is cut short is no whole one', async () => {
    const { port, entries } = await startWith({ gateway: listen(), ...routes }, pair)
    const raw = await dialHttp2(port)
    raw.request(
      1,
      [...get('/echo/7', ['content-type', 'application/json'])].map(([n, v]) =>
        n === ':method' ? [n, 'POST'] : [n, v],
      ),
      4,
    )
    raw.send(frameTypes.data, 0, 1, Buffer.from('{"n":1}'))
    raw.send(frameTypes.reset, 0, 1, Buffer.of(0, 0, 0, 8))
    await until(() => entries.length > 0)
    expect(entries.map(({ status, error }) => [status, error])).toEqual([[499, 'cancelled']])
  })

  test('with a body that is read by nobody does not hold its stream', async () => {
    const page = 'match: POST /page\nresponse: { body: { is: here } }\n'
    const { port } = await startWith({ gateway: listen(), 'routes/page': page }, pair)
    const raw = await dialHttp2(port)
    raw.request(
      1,
      get('/page').map(([n, v]) => (n === ':method' ? [n, 'POST'] : [n, v])),
      4,
    )
    await until(() => raw.find(frameTypes.data, 1).some(({ flags }) => (flags & 1) === 1))
    // NO_ERROR: the answer is whole.
    const reset = await until(() => raw.find(frameTypes.reset, 1)[0])
    expect(reset.payload.readUInt32BE(0)).toBe(0)
  })
})

describe('`proxy:` over HTTP/2', () => {
  test('passes bodies both ways, and no pseudo-header', async () => {
    const heads: string[] = []
    const backend = await opened(
      startHttpServer((message, response) => {
        heads.push(message.rawHeaders.join('|'))
        const hash = createHash('sha256')
        message.on('data', (chunk) => hash.update(chunk))
        message.on('end', () => {
          response.writeHead(200, { 'x-hash': hash.digest('hex'), 'Keep-Alive': 'timeout=5' })
          response.end(Buffer.alloc(1_000_000, 'y'))
        })
      }),
    )
    const files = {
      gateway: `${listen()}defaults: { maxRequestBody: 4MB }\n`,
      'services/files': `service: files\nendpoints: [${backend.url}]\n`,
      'routes/files': 'match: ANY /files/*rest\nproxy: files\n',
    }
    const { port } = await startWith(files, pair)
    const session = await connectHttp2(port)
    const body = Buffer.alloc(2_000_000, 'x')
    const answer = await askHttp2(session, { ':method': 'POST', ':path': '/files/a?b=%20', 'x-own': '1' }, body)
    expect([answer.status, answer.body.length, answer.reset]).toEqual([200, 1_000_000, 0])
    expect(answer.headers['x-hash']).toBe(createHash('sha256').update(body).digest('hex'))
    expect(heads[0]!.toLowerCase()).toContain('x-own|1')
    expect(heads[0]!.toLowerCase()).toContain('x-forwarded-proto|https')
    expect(heads[0]!.toLowerCase()).toContain('x-forwarded-host|gateway.test')
    expect(heads[0]).not.toMatch(/\|:/)
  })

  test('an answer that breaks off is no whole one, and one that is given up is not waited for', async () => {
    const backend = await opened(
      startHttpServer((message, response) => {
        response.write('half')
        if (message.url === '/files/cut') setImmediate(() => response.destroy())
      }),
    )
    const files = {
      gateway: listen(),
      'services/files': `service: files\nendpoints: [${backend.url}]\n`,
      'routes/files': 'match: GET /files/*rest\nproxy: files\n',
    }
    const running = await startWith(files, pair)
    const raw = await dialHttp2(running.port)
    raw.request(1, get('/files/cut'))
    const reset = await until(() => raw.find(frameTypes.reset, 1)[0])
    expect(reset.payload.readUInt32BE(0)).toBe(2)
    expect(raw.find(frameTypes.data, 1).map(({ flags }) => flags)).toEqual([0])
    const session = await connectHttp2(running.port)
    const stream = session.request({ ':path': '/files/held', ':authority': 'a' })
    stream.on('error', () => {})
    await untilActive(running, 1)
    stream.close(8)
    await backend.disconnected(2)
    await untilActive(running, 0)
  })

  test('an upload that stands still is the client’s 408, and nothing is held against a backend', async () => {
    const backend = await startRawBackend((socket, head) => {
      if (head.startsWith('GET')) socket.write(answer('fine'))
    })
    const files = {
      gateway: listen(),
      'services/files': `service: files\nendpoints: [${backend.url}]\noutlier: { failures: 2, maxEjected: 100% }\n`,
      'routes/files': 'match: ANY /files/*rest\nproxy: files\ntimeout: 1s\n',
    }
    const { port } = await startWith(files, pair)
    const session = await connectHttp2(port)
    const stalled = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const stream = session.request({ ':method': 'POST', ':path': '/files/x', ':authority': 'gateway.test' })
        stream.write('hello')
        const [head] = await once(stream, 'response')
        stream.close(8)
        return head[':status']
      }),
    )
    expect(stalled).toEqual(Array.from({ length: 6 }, () => 408))
    expect(await askHttp2(session, { ':path': '/files/x' })).toMatchObject({ status: 200, body: 'fine' })
  })

  test('an upload that a backend refuses while it comes is answered what the backend says', async () => {
    const backend = await startRawBackend((socket) => socket.end(answer('too much', '413 Too Large')))
    const files = {
      gateway: listen(),
      'services/files': `service: files\nendpoints: [${backend.url}]\n`,
      'routes/files': 'match: ANY /files/*rest\nproxy: files\n',
    }
    const { port } = await startWith(files, pair)
    const session = await connectHttp2(port)
    const body = Buffer.alloc(200_000, 'x')
    for (let round = 0; round < 20; round++)
      expect(await askHttp2(session, { ':method': 'POST', ':path': '/files/x' }, body)).toMatchObject({
        status: 413,
        body: 'too much',
        reset: 0,
      })
  })
})
