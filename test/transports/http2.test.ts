import { constants } from 'node:http2'
import { describe, expect, test } from '@jest/globals'
import { wasNeverSent } from '../../src/calls/never-sent.ts'
import { Scope } from '../../src/cancellation.ts'
import { GatewayError } from '../../src/errors.ts'
import { Http2Channel } from '../../src/transports/http2.ts'
import { type ChannelOptions, defaultChannelOptions, type OutgoingRequest } from '../../src/transports/transport.ts'
import { makeAuthority } from '../support/certificates.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import {
  answerJson,
  data,
  frame,
  okHead,
  reset,
  type Serve,
  startFrames,
  startHttp2,
} from '../support/http2-backend.ts'
import { startTcpServer, startTlsServer } from '../support/servers.ts'
import { errorOf } from '../support/sites.ts'
import { until } from '../support/waiting.ts'

const usual = { method: 'GET', path: '/', headers: [], body: undefined, timeLeftMs: 10_000, maxResponseBytes: 100_000 }

function channelTo(url: string, options: Partial<ChannelOptions> = {}) {
  const channel = new Http2Channel(new URL(url), '127.0.0.1', { ...defaultChannelOptions, ...options })
  afterTest(() => channel.close())
  return (request: Partial<OutgoingRequest> = {}, scope = new Scope()) => channel.send({ ...usual, ...request }, scope)
}

async function start(serve: Serve, settings = {}, options: Partial<ChannelOptions> = {}) {
  const server = await startHttp2(serve, { settings })
  return { server, send: channelTo(server.url, options) }
}

const post = { method: 'POST', body: '{"a":1}' }

describe('a request over HTTP/2', () => {
  test('arrives as it is, and its answer comes whole', async () => {
    const seen: unknown[] = []
    const { send } = await start(
      (stream, headers) => {
        let body = ''
        stream.on('data', (piece) => (body += piece))
        stream.on('end', () => {
          seen.push([
            headers[':method'],
            headers[':path'],
            headers[':authority'],
            headers['x-a'],
            headers['content-length'],
            body,
          ])
          stream.additionalHeaders({ ':status': 103, link: '</a>' })
          stream.respond(
            { ':status': 201, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'], 'x-b': 'c' },
            { waitForTrailers: true },
          )
          stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
          stream.end('x'.repeat(70_000))
        })
      },
      {},
      { host: 'words.internal' },
    )
    const answer = await send({ ...post, path: '/a?b=c', headers: ['x-a', 'one'] })
    expect(seen).toEqual([['POST', '/a?b=c', 'words.internal', 'one', '7', '{"a":1}']])
    expect(answer).toMatchObject({
      status: 201,
      contentType: 'text/plain',
      headers: { 'set-cookie': ['a=1', 'b=2'], 'x-b': 'c' },
      trailers: { 'grpc-status': '0' },
    })
    expect(answer.body.length).toBe(70_000)
  })

  test('goes out beside a hundred others on one connection, as many at once as there are places', async () => {
    let most = 0
    let now = 0
    const { server, send } = await start(
      (stream) => {
        most = Math.max(most, ++now)
        setImmediate(() => {
          now--
          answerJson(stream, 1)
        })
      },
      {},
      { connections: 20 },
    )
    await Promise.all(Array.from({ length: 100 }, () => send()))
    expect(server.sessions.length).toBe(1)
    expect(server.count()).toBe(100)
    expect(most).toBeLessThanOrEqual(20)
  })

  test('goes out on another connection where the first takes no more', async () => {
    const streams: Parameters<Serve>[0][] = []
    const { server, send } = await start((stream) => void streams.push(stream), { maxConcurrentStreams: 2 })
    const answers = Array.from({ length: 5 }, () => send())
    await until(() => streams.length === 5, 'all requests')
    expect(server.sessions.length).toBe(3)
    for (const stream of streams) answerJson(stream, 1)
    await Promise.all(answers)
  })

  test('is not held up by one that stalls, in its head or in its body', async () => {
    const { server, send } = await start((stream, headers) => {
      if (headers[':path'] === '/head') return
      if (headers[':path'] === '/body') {
        stream.respond({ ':status': 200 })
        stream.write('x')
      } else answerJson(stream, 1)
    })
    const scope = new Scope()
    const stalled = ['/head', '/body'].map((path) => errorOf(send({ path }, scope)))
    for (let turn = 0; turn < 20; turn++) expect((await send()).status).toBe(200)
    scope.cancel(new GatewayError('cancelled'))
    expect((await Promise.all(stalled)).map(({ code }) => code)).toEqual(['cancelled', 'cancelled'])
    expect((await send()).status).toBe(200)
    expect(server.sessions.length).toBe(1)
  })

  test('that is cancelled is told to the other side at once', async () => {
    const codes: number[] = []
    const { server, send } = await start((stream) => void stream.on('close', () => codes.push(stream.rstCode)))
    const scope = new Scope()
    const error = errorOf(send({}, scope))
    await until(() => server.count() === 1, 'the request')
    scope.cancel(new GatewayError('cancelled'))
    expect((await error).code).toBe('cancelled')
    await until(() => codes.length === 1, 'its end')
    expect(codes).toEqual([constants.NGHTTP2_CANCEL])
  })
})

describe('an answer over HTTP/2', () => {
  test.each([
    [
      'has a long head',
      'over 16 KB',
      200,
      (stream: Parameters<Serve>[0]) => {
        stream.respond({ ':status': 200, 'x-long': 'x'.repeat(20_000) })
        stream.end()
      },
    ],
    [
      'has a head of many fields',
      'over 16 KB',
      200,
      (stream: Parameters<Serve>[0]) => {
        const fields = Array.from({ length: 1000 }, (_, at) => [`x-${at}`, 'x'.repeat(20)])
        stream.respond({ ':status': 200, ...Object.fromEntries(fields) })
        stream.end()
      },
    ],
    [
      'has long trailers',
      'over 16 KB',
      200,
      (stream: Parameters<Serve>[0]) => {
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-long': 'x'.repeat(20_000) }))
        stream.end('x')
      },
    ],
    [
      'is too large',
      'too large',
      200,
      (stream: Parameters<Serve>[0]) => {
        stream.respond({ ':status': 200 })
        stream.end('x'.repeat(100_001))
      },
    ],
    [
      'says that it is too large',
      'too large',
      200,
      (stream: Parameters<Serve>[0]) => {
        stream.respond({ ':status': 200, 'content-length': '200000' })
        stream.write('x')
      },
    ],
    [
      'has less than it says',
      'answer',
      200,
      (stream: Parameters<Serve>[0]) => {
        stream.respond({ ':status': 200, 'content-length': '10' })
        stream.end('x')
      },
    ],
  ] as const)('that %s is none, and tells nothing of others', async (_name, detail, status, serve) => {
    const { server, send } = await start((stream, headers) =>
      headers[':path'] === '/ok' ? answerJson(stream, 1) : serve(stream),
    )
    const error = await errorOf(send())
    expect(error).toMatchObject({ code: 'invalid-response', response: { status } })
    expect(error.detail).toContain(detail.replace('broken-off', 'broke off'))
    expect((await send({ path: '/ok' })).status).toBe(200)
    expect(server.count()).toBe(2)
  })

  test('that never comes because its stream is reset is `unavailable`, and is asked for once', async () => {
    const { server, send } = await start((stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR))
    for (const request of [post, { mayRepeat: true }]) {
      const error = await errorOf(send(request))
      expect(error.code).toBe('unavailable')
      expect(wasNeverSent(error)).toBe(false)
    }
    expect(server.count()).toBe(2)
  })
})

describe.each([
  ['with an error', constants.NGHTTP2_INTERNAL_ERROR],
  ['as if nothing were wrong', constants.NGHTTP2_NO_ERROR],
  ['as cancelled', constants.NGHTTP2_CANCEL],
])('an answer that is cut %s', (_name, code) => {
  test('in its body is none', async () => {
    const { url } = await startFrames((stream) => [okHead(stream), data(stream, 'half'), reset(stream, code)])
    expect(await errorOf(channelTo(url)())).toMatchObject({ code: 'invalid-response', response: { status: 200 } })
  })

  test('behind its end is whole', async () => {
    const { url } = await startFrames((stream) => [okHead(stream), data(stream, 'whole', 1), reset(stream, 0)])
    expect((await channelTo(url)()).body.toString()).toBe('whole')
  })

  test('before its head is none', async () => {
    const { url } = await startFrames((stream) => [reset(stream, code)])
    expect((await errorOf(channelTo(url)())).code).toBe('unavailable')
  })
})

test('an answer without a body, and one with trailers, are whole', async () => {
  const end = 1
  const bare = await startFrames((stream) => [frame(1, 4 | end, stream, Buffer.from([0x88]))])
  expect((await channelTo(bare.url)()).body.length).toBe(0)
  const trailer = Buffer.concat([Buffer.from([0, 1]), Buffer.from('t'), Buffer.from([1]), Buffer.from('v')])
  const trailed = await startFrames((stream) => [
    okHead(stream),
    data(stream, 'whole'),
    frame(1, 4 | end, stream, trailer),
  ])
  expect(await channelTo(trailed.url)()).toMatchObject({ body: Buffer.from('whole'), trailers: { t: 'v' } })
})

test('an answer whose connection ends in its body is none', async () => {
  const { url, sockets } = await startFrames((stream) => [okHead(stream), data(stream, 'half')])
  const error = errorOf(channelTo(url)())
  await until(() => sockets.size === 1, 'the connection')
  setImmediate(() => [...sockets][0]!.end())
  expect((await error).code).toMatch(/invalid-response|unavailable/)
})

test('an answer of a hundred and fifty short headers is whole', async () => {
  const fields = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`x-${at}`, 'x']))
  const { send } = await start((stream) => {
    stream.respond({ ':status': 200, ...fields })
    stream.end('whole')
  })
  const { headers, body } = await send()
  expect({ ...headers }).toMatchObject(fields)
  expect(body.toString()).toBe('whole')
})

test('an answer whose status is beyond 599 is none', async () => {
  const status = Buffer.concat([Buffer.from([0x08, 3]), Buffer.from('999')])
  const { url } = await startFrames((stream) => [frame(1, 4, stream, status), data(stream, 'x', 1)])
  expect(await errorOf(channelTo(url)())).toMatchObject({
    code: 'invalid-response',
    detail: 'the answer is not valid HTTP',
  })
})

describe('a stream that was refused', () => {
  test('was not seen, so the request is sent once more, whatever its method', async () => {
    const { server, send } = await start((stream, _, count) =>
      count === 1 ? stream.close(constants.NGHTTP2_REFUSED_STREAM) : answerJson(stream, count),
    )
    expect((await send(post)).body.toString()).toBe('2')
    expect(server.count()).toBe(2)
  })

  test('twice is `unavailable`, and known not to have been seen', async () => {
    const { server, send } = await start((stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM))
    const error = await errorOf(send(post))
    expect(error.code).toBe('unavailable')
    expect(wasNeverSent(error)).toBe(true)
    expect(server.count()).toBe(2)
  })
})

describe('a connection', () => {
  test('that says it goes away takes no more, and ends what it has', async () => {
    const streams: Parameters<Serve>[0][] = []
    const { server, send } = await start((stream, headers) =>
      headers[':path'] === '/slow' ? void streams.push(stream) : answerJson(stream, 1),
    )
    const slow = send({ path: '/slow' })
    await until(() => streams.length === 1, 'the request')
    server.sessions[0]!.goaway(constants.NGHTTP2_NO_ERROR, streams[0]!.id)
    await until(async () => {
      await send()
      return server.sessions.length === 2
    }, 'another connection')
    answerJson(streams[0]!, 'done')
    expect((await slow).body.toString()).toBe('"done"')
  })

  test('that says it goes away for an error has not seen what came later, so that is sent once more', async () => {
    const { server, send } = await start((stream, _, count) => {
      if (count === 2) stream.session!.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 1)
      else answerJson(stream, count)
    })
    await send()
    expect((await send(post)).body.toString()).toBe('3')
    expect(server.sessions.length).toBe(2)
  })

  test('that was closed while nobody used it costs no request that may be repeated', async () => {
    const { server, send } = await start((stream) => answerJson(stream, 1))
    for (let turn = 0; turn < 20; turn++) {
      expect((await send({ mayRepeat: true })).status).toBe(200)
      server.sessions.at(-1)!.destroy()
    }
  })

  test('on which a request ran out of time is given up where it says nothing any more', async () => {
    const frames = await startFrames(() => [])
    const send = channelTo(frames.url)
    const scope = new Scope()
    const late = errorOf(send({}, scope))
    await until(() => frames.sockets.size === 1, 'the connection')
    scope.cancel(new GatewayError('timeout'))
    expect((await late).code).toBe('timeout')
    const other = new Scope()
    const next = errorOf(send({}, other))
    await until(() => frames.sockets.size === 2, 'another connection')
    await until(() => [...frames.sockets][0]!.destroyed, 'the end of the first')
    other.cancel(new GatewayError('cancelled'))
    expect((await next).code).toBe('cancelled')
  })

  test('that takes no requests is the only one, and carries them as soon as it does', async () => {
    const { server, send } = await start((stream, _, count) => answerJson(stream, count), { maxConcurrentStreams: 0 })
    const answers = [send(), send()]
    await until(() => server.sessions.length > 0, 'a connection')
    const [session] = server.sessions
    // Frames go their way in order: by then it has been understood that there is no room.
    await new Promise((pong) => session!.ping(pong))
    answers.push(send())
    await new Promise((pong) => session!.ping(pong))
    expect(server.sessions.length).toBe(1)
    session!.settings({ maxConcurrentStreams: 10 })
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200)
    expect(server.sessions.length).toBe(1)
  })

  test('that takes no requests and ends is followed by another', async () => {
    const { server, send } = await start((stream) => answerJson(stream, 1), { maxConcurrentStreams: 0 })
    const answer = send()
    await until(() => server.sessions.length > 0, 'a connection')
    await new Promise((pong) => server.sessions[0]!.ping(pong))
    server.sessions[0]!.destroy()
    await until(() => server.sessions.length === 2, 'another connection')
    await new Promise((pong) => server.sessions[1]!.ping(pong))
    server.sessions[1]!.settings({ maxConcurrentStreams: 10 })
    expect((await answer).status).toBe(200)
  })

  test('that breaks under one request is not given the next', async () => {
    const { server, send } = await start((stream, _, count) => {
      if (count > 1) answerJson(stream, count)
      else (stream.session as unknown as { socket: { destroy(): void } }).socket.destroy()
    })
    const first = send(post)
    const next = first.catch(() => send(post))
    expect((await errorOf(first)).code).toBe('unavailable')
    expect((await next).status).toBe(200)
    expect(server.count()).toBe(2)
  })

  test('to one that does not speak HTTP/2 is none', async () => {
    const mute = await opened(startTcpServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))
    expect((await errorOf(channelTo(mute.url)())).code).toBe('unavailable')
    const secure = await opened(startTlsServer((_, response) => void response.end()))
    const error = await errorOf(
      channelTo(secure.url.replace('http:', 'https:'), { tls: { rejectUnauthorized: false } })(),
    )
    expect(error.code).toBe('unavailable')
    const refusing = channelTo('http://127.0.0.1:1')
    const refused = await errorOf(refusing())
    expect(refused.code).toBe('unavailable')
    expect(wasNeverSent(refused)).toBe(true)
  })
})

test('over TLS it is agreed on, and the certificate is looked at', async () => {
  const authority = makeAuthority()
  const server = await startHttp2((stream) => answerJson(stream, 1), authority.issue('b', 'words.internal'))
  const tls = { ca: authority.cert, servername: 'words.internal' }
  expect((await channelTo(server.url, { tls })()).status).toBe(200)
  expect((await errorOf(channelTo(server.url, { tls: { ca: authority.cert } })())).code).toBe('unavailable')
  expect(server.count()).toBe(1)
})
