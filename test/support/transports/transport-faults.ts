import { connect, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { CallContext, CallRequest } from '../../../src/calls/call.ts'
import { Backends } from '../../../src/calls/registry.ts'
import { Scope } from '../../../src/cancellation.ts'
import { type Clock, systemClock } from '../../../src/clock.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { ChannelOptions, TransportKind } from '../../../src/transports/transport.ts'
import { afterTest } from '../cleanup.ts'
import { FakeClock, settle } from '../fake-clock.ts'
import {
  certificate,
  observe,
  privateKey,
  startHttpServer,
  startTcpServer,
  startTlsServer,
  type TestServer,
} from '../servers.ts'
import {
  callContext,
  callRequest,
  callSite,
  errorOf,
  RecordingSpan,
  type SiteOptions,
  serviceTarget,
} from '../sites.ts'
import { brokenBodies, brokenHeads, noAnswers } from './broken-answers.ts'

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
const chunked = `${json}Transfer-Encoding: chunked\r\n\r\n`
const whole = (body: string, head = json) => `${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Opens at the first failure. */
const touchy = { errorRate: 0.01, windowMs: 60_000, minCalls: 1, openMs: 60_000 }

/** What every transport must survive: broken, hostile and slow backends. */
export function describeTransportFaults(transport: TransportKind): void {
  describe(`a call over ${transport.name}`, () => {
    async function tcp(converse: Parameters<typeof startTcpServer>[0]): Promise<TestServer> {
      const server = await startTcpServer(converse)
      afterTest(server.close)
      return server
    }

    async function http(listener: Parameters<typeof startHttpServer>[0]): Promise<TestServer> {
      const server = await startHttpServer(listener)
      afterTest(server.close)
      return server
    }

    async function tls(listener: Parameters<typeof startTlsServer>[0]): Promise<TestServer> {
      const server = await startTlsServer(listener)
      afterTest(server.close)
      return server
    }

    /** Passes bytes on to a port once told to. */
    async function proxy(port: number, onConnection: (pass: () => void) => void): Promise<TestServer> {
      const server = await observe(
        createServer((socket) => {
          onConnection(() => {
            const onward = connect(port, '127.0.0.1')
            onward.on('error', () => socket.destroy())
            socket.pipe(onward).pipe(socket)
          })
        }),
      )
      afterTest(server.close)
      return server
    }

    function caller(
      url: string,
      site: SiteOptions = {},
      clock: Clock = systemClock,
      channel: Partial<ChannelOptions> = {},
    ) {
      const backends = new Backends({ clock, transport, channel, resolve: async () => ['127.0.0.1'] })
      let next = callRequest()
      // What is not about time may take what a machine takes that is busy elsewhere.
      const patient = { service: serviceTarget(url), render: () => next, timeoutMs: 10_000 }
      const { calls, release } = backends.open([callSite({ ...patient, ...site })])
      afterTest(async () => {
        release()
        await backends.close()
      })
      return (request: Partial<CallRequest> = {}, context: Partial<CallContext> = {}) => {
        next = callRequest(request)
        return calls[0]!(callContext(clock, context))
      }
    }

    /** Calls a server that writes `bytes` and then does `then`. */
    async function answered(bytes: string | Buffer, then: 'stay' | 'end' | 'reset' = 'stay', site: SiteOptions = {}) {
      const { url } = await tcp((socket) => {
        socket.write(bytes, () => {
          if (then === 'end') socket.end()
          if (then === 'reset') setImmediate(() => socket.resetAndDestroy())
        })
      })
      return caller(url, site)
    }

    describe('gives the answer', () => {
      test('with its status, headers in lower case, and parsed body', async () => {
        const call = await answered(
          whole(
            '{"a":[1,"ü"]}',
            `${json}X-Thing: 1\r\nx-thing: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n__proto__: x\r\n`,
          ),
        )
        const response = await call()
        expect(response).toMatchObject({ status: 200, body: { value: { a: [1, 'ü'] } }, source: 'live', attempts: 1 })
        expect(response.headers['x-thing']).toBe('1, 2')
        expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2'])
        expect(Object.entries(response.headers)).toContainEqual(['__proto__', 'x'])
        expect(Object.getPrototypeOf(response.headers)).toBeNull()
      })

      test('when it comes in pieces', async () => {
        const { url } = await http((_request, response) => {
          response.setHeader('content-type', 'application/json')
          response.write('{"text":"\xc3')
          setImmediate(() => response.end('"}'))
        })
        expect((await caller(url)()).body?.value).toEqual({ text: 'Ã' })
      })

      test.each([
        ['103 twice', 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'.repeat(2)],
        ['a 100 that nobody asked for', 'HTTP/1.1 100 Continue\r\n\r\n'],
        [
          '100, 102, 103 and 199',
          [100, 102, 103, 199].map((status) => `HTTP/1.1 ${status} x\r\nX: y\r\n\r\n`).join(''),
        ],
        ['100 of HTTP/1.0', 'HTTP/1.0 100 Continue\r\n\r\n'],
      ])('after interim ones: %s, at once or a byte at a time', async (_name, early) => {
        const bytes = early + whole('{"a":1}')
        expect((await (await answered(bytes))()).body?.value).toEqual({ a: 1 })
        const { url } = await tcp(async (socket) => {
          socket.setNoDelay()
          for (const byte of bytes) {
            socket.write(byte)
            await new Promise((resolve) => setImmediate(resolve))
          }
        })
        const call = caller(url)
        expect((await call()).body?.value).toEqual({ a: 1 })
        expect((await call()).body?.value).toEqual({ a: 1 })
      })

      test('of a second request on the same connection after interim ones', async () => {
        const server = await tcp((socket) => void socket.write(`HTTP/1.1 100 Continue\r\n\r\n${whole('{}')}`))
        const call = caller(server.url)
        for (let count = 0; count < 3; count++) expect((await call()).body?.value).toEqual({})
        expect(server.sockets.size).toBe(1)
      })

      test.each([
        ['at once', true],
        ['when it has heard the beginning', false],
      ])('of a backend that says 413 %s, and hangs up while the request is still written', async (_when, isAtOnce) => {
        const server = await observe(
          createServer((socket) => {
            const refuse = () => {
              // What it has not read when it closes makes that a reset.
              socket.pause()
              socket.write(whole('{}', 'HTTP/1.1 413 No\r\nConnection: close\r\n'), () => socket.destroy())
            }
            if (isAtOnce) refuse()
            else socket.once('data', refuse)
          }),
        )
        afterTest(server.close)
        const call = caller(server.url)
        for (let count = 0; count < 10; count++) {
          const error = await errorOf(call({ method: 'POST', body: 'x'.repeat(200_000 + count * 400_000) }))
          expect(error).toMatchObject({ code: 'http-413', response: { body: {} } })
        }
      })

      test('without the trailers', async () => {
        const response = await (await answered(`${chunked}2\r\n{}\r\n0\r\nX-Late: 1\r\n\r\n`))()
        expect(response.body?.value).toEqual({})
        expect(response.headers['x-late']).toBeUndefined()
      })

      test('that ends where the connection does', async () => {
        expect((await (await answered(`${json}\r\n{"a":1}`, 'end'))()).body?.value).toEqual({ a: 1 })
      })

      test.each([
        ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
        ['an empty 200', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
        ['an empty text', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n'],
      ])('%s without a body', async (_name, bytes) => {
        expect((await (await answered(bytes))()).body).toBeUndefined()
      })

      test('of a HEAD without a body, whatever length it announces', async () => {
        const call = await answered(`${json}Content-Length: 99999999\r\nContent-Encoding: gzip\r\n\r\n`, 'stay', {
          maxResponseBytes: 10,
        })
        const response = await call({ method: 'HEAD' })
        expect(response).toMatchObject({ status: 200, body: undefined })
        expect(response.headers['content-length']).toBe('99999999')
      })

      test('of an empty object, of JSON without a content type, and of JSON by its suffix', async () => {
        expect((await (await answered(whole('{}')))()).body?.value).toEqual({})
        expect((await (await answered(whole('[1]', 'HTTP/1.1 200 OK\r\n')))()).body?.value).toEqual([1])
        const problem = 'HTTP/1.1 200 OK\r\nContent-Type: application/problem+json; charset=utf-8\r\n'
        expect((await (await answered(whole('{"a":1}', problem)))()).body?.value).toEqual({ a: 1 })
      })

      test('with a __proto__ member that pollutes nothing', async () => {
        const { body } = await (await answered(whole('{"__proto__":{"polluted":true}}')))()
        const value = body?.value
        expect(Object.hasOwn(value as object, '__proto__')).toBe(true)
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
        expect((value as Record<string, unknown>)['polluted']).toBeUndefined()
      })

      test.each([
        ['gzip', gzipSync('{"a":1}')],
        ['br', brotliCompressSync('{"a":1}')],
        ['zstd', zstdCompressSync('{"a":1}')],
      ])('out of %s, which it did not ask for', async (coding, body) => {
        const head = `${json}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`
        expect((await (await answered(Buffer.concat([Buffer.from(head), body])))()).body?.value).toEqual({ a: 1 })
      })

      test('of a redirect as it is: it is not followed', async () => {
        const call = await answered('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n')
        expect(await errorOf(call())).toMatchObject({ code: 'http-302', response: { status: 302, body: undefined } })
      })
    })

    describe('speaks TLS', () => {
      const listener: Parameters<typeof startTlsServer>[0] = (request, response) => {
        response.end(JSON.stringify({ host: request.headers.host, sni: (request.socket as TLSSocket).servername }))
      }

      test('by the name of the endpoint, whatever address that has', async () => {
        const { port } = await tls(listener)
        const call = caller(`https://backend.test:${port}`, {}, systemClock, { tls: { ca: certificate } })
        await settle()
        expect((await call()).body?.value).toEqual({ host: `backend.test:${port}`, sni: 'backend.test' })
      })

      test('to an address too, which is no name to ask for', async () => {
        const { port } = await tls(listener)
        const call = caller(`https://127.0.0.1:${port}`, {}, systemClock, { tls: { rejectUnauthorized: false } })
        expect((await call()).body?.value).toEqual({ host: `127.0.0.1:${port}`, sni: false })
      })

      test('and takes its last session up again', async () => {
        const reused: boolean[] = []
        const { port } = await tls((request, response) => {
          reused.push((request.socket as TLSSocket).isSessionReused())
          response.setHeader('connection', 'close')
          response.end('{}')
        })
        const call = caller(`https://backend.test:${port}`, {}, systemClock, { tls: { ca: certificate } })
        await settle()
        for (let count = 0; count < 3; count++) await call()
        expect(reused).toEqual([false, true, true])
      })

      describe('and reads as strictly', () => {
        /** Calls a server that writes these bytes over TLS once a request has come, and then ends. */
        async function secured(bytes: string, then: 'stay' | 'end' | 'cut', request: Partial<CallRequest> = {}) {
          const server = await observe(
            createTlsServer({ cert: certificate, key: privateKey }, (socket) => {
              socket.on('error', () => {})
              socket.once('data', () => {
                socket.pause()
                socket.write(bytes, () => {
                  if (then === 'end') socket.end()
                  if (then === 'cut') socket.destroy()
                })
              })
            }),
          )
          afterTest(server.close)
          const url = `https://backend.test:${server.port}`
          const call = caller(url, { maxResponseBytes: 2_000_000 }, systemClock, { tls: { ca: certificate } })
          await settle()
          return call(request)
        }
        const large = JSON.stringify({ text: 'x'.repeat(1_000_000) })

        test.each<[string, string, 'stay' | 'end']>([
          ['with a length', whole(large), 'stay'],
          ['in chunks', `${chunked}${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`, 'stay'],
          ['to the end of the connection', `${json}\r\n${large}`, 'end'],
          ['behind interim ones', `HTTP/1.1 100 Continue\r\n\r\n${whole(large)}`, 'stay'],
        ])('an answer of a megabyte %s', async (_name, bytes, then) => {
          expect((await secured(bytes, then)).body?.value).toEqual(JSON.parse(large))
        })

        test.each<[string, string, 'stay' | 'cut']>([
          ['a body that is cut', `${json}Content-Length: 100\r\n\r\n{`, 'cut'],
          ['a body that is too large', `${json}Content-Length: 3000000\r\n\r\n`, 'stay'],
          ['lines that end with a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\n{}', 'stay'],
          ['what is no HTTP', 'garbage garbage garbage\r\n\r\n', 'stay'],
        ])('and refuses %s', async (_name, bytes, then) => {
          expect((await errorOf(secured(bytes, then))).code).toBe('invalid-response')
        })

        test('and takes a refusal that comes while the request is still written', async () => {
          const bytes = whole('{}', 'HTTP/1.1 413 No\r\nConnection: close\r\n')
          const request = { method: 'POST', body: 'x'.repeat(4_000_000) }
          expect((await errorOf(secured(bytes, 'cut', request))).code).toBe('http-413')
        })
      })

      test('with nobody whose certificate it cannot trust, or that is for another name', async () => {
        const { port } = await tls(listener)
        const untrusting = caller(`https://backend.test:${port}`)
        const misled = caller(`https://other.test:${port}`, {}, systemClock, { tls: { ca: certificate } })
        await settle()
        expect((await errorOf(untrusting())).cause).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
        const error = await errorOf(misled())
        expect(error).toMatchObject({ code: 'unavailable', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } })
      })
    })

    describe('fails with unavailable', () => {
      test('when the connection is refused', async () => {
        const server = await tcp(() => {})
        await server.close()
        expect(await errorOf(caller(server.url)())).toMatchObject({ code: 'unavailable', step: 'recommend' })
      })

      test('when the name does not resolve', async () => {
        const backends = new Backends({ clock: systemClock, transport })
        afterTest(() => backends.close())
        const { calls } = backends.open([callSite({ service: serviceTarget('http://nowhere.invalid') })])
        expect((await errorOf(calls[0]!(callContext(systemClock)))).code).toBe('unavailable')
      })

      test('when the server does not speak TLS', async () => {
        const { port } = await http((_request, response) => void response.end())
        expect((await errorOf(caller(`https://127.0.0.1:${port}`)())).code).toBe('unavailable')
      })

      test.each(noAnswers)('when the server %s', async (_name, bytes, then) => {
        expect((await errorOf((await answered(bytes, then))())).code).toBe('unavailable')
      })

      test('when a kept connection was closed, and sends nothing again by itself that may not be repeated', async () => {
        let requests = 0
        const { url } = await tcp((socket) => {
          if (++requests === 1) socket.write(whole('{}'))
          else socket.destroy()
        })
        const call = caller(url)
        await call({ method: 'POST', body: '{}' })
        expect((await errorOf(call({ method: 'POST', body: '{}' }))).code).toBe('unavailable')
        expect(requests).toBe(2)
      })

      test('and is told to the breaker when the fresh connection breaks as well', async () => {
        let requests = 0
        const { url } = await tcp((socket) => {
          if (++requests === 1) socket.write(whole('{}'))
          else socket.destroy()
        })
        const call = caller(url, { idempotent: true, breaker: { ...touchy, minCalls: 2, errorRate: 0.5 } })
        await call()
        expect(await errorOf(call())).toMatchObject({ code: 'unavailable', attempts: 1 })
        expect(requests).toBe(3)
        expect((await errorOf(call())).code).toBe('circuit-open')
      })
    })

    describe('sends what may be repeated once more, on a fresh connection, when a kept one was closed', () => {
      /** The second request on a connection is never answered: the connection is closed in its place. */
      function answersOnce(): (socket: Socket) => boolean {
        const seen = new WeakSet<Socket>()
        return (socket) => {
          const isSecond = seen.has(socket)
          seen.add(socket)
          if (isSecond) socket.destroy()
          return !isSecond
        }
      }

      test('and tells nobody: no attempt more, no retry, nothing for the breaker', async () => {
        const mayAnswer = answersOnce()
        let requests = 0
        const { url } = await tcp((socket) => {
          requests++
          if (mayAnswer(socket)) socket.write(whole('{}'))
        })
        const span = new RecordingSpan(true)
        const call = caller(url, { idempotent: true, breaker: touchy })
        for (let count = 0; count < 4; count++) {
          expect(await call({}, { span })).toMatchObject({ status: 200, attempts: 1 })
        }
        expect(requests).toBe(7)
        expect(span.children.map(({ errorType }) => errorType)).toEqual(Array(4).fill(undefined))
        expect(span.events).toEqual([])
      })

      test('with its body, where an idempotency key makes that safe', async () => {
        const mayAnswer = answersOnce()
        const bodies: string[] = []
        const { url } = await http((request, response) => {
          if (!mayAnswer(request.socket)) return
          request.setEncoding('utf8')
          request.on('data', (text) => bodies.push(text))
          request.on('end', () => response.end('{}'))
        })
        const call = caller(url, { idempotent: true })
        for (const body of ['1', '2', '3']) await call({ method: 'POST', body })
        expect(bodies).toEqual(['1', '2', '3'])
      })

      test('over TLS too', async () => {
        const mayAnswer = answersOnce()
        let requests = 0
        const { port } = await tls((request, response) => {
          requests++
          if (mayAnswer(request.socket)) response.end('{}')
        })
        const url = `https://backend.test:${port}`
        const call = caller(url, { idempotent: true, breaker: touchy }, systemClock, { tls: { ca: certificate } })
        await settle()
        for (let count = 0; count < 4; count++) expect((await call()).body?.value).toEqual({})
        expect(requests).toBe(7)
      })

      test('but not when a byte of the answer came', async () => {
        const seen = new WeakSet<Socket>()
        let requests = 0
        const { url } = await tcp((socket) => {
          requests++
          if (seen.has(socket)) socket.end('H')
          else socket.write(whole('{}'))
          seen.add(socket)
        })
        const call = caller(url, { idempotent: true })
        await call()
        expect((await errorOf(call())).code).toBe('unavailable')
        expect(requests).toBe(2)
      })

      test('and not when it was cancelled meanwhile', async () => {
        let requests = 0
        const scope = new Scope()
        const server = await tcp((socket) => {
          if (++requests === 1) socket.write(whole('{}'))
          else scope.cancel(new GatewayError('cancelled'))
        })
        const call = caller(server.url, { idempotent: true })
        await call()
        expect((await errorOf(call({}, { scope }))).code).toBe('cancelled')
        await server.disconnected()
        await settle()
        expect(requests).toBe(2)
      })
    })

    describe('fails with invalid-response', () => {
      test.each<readonly [string, string | Buffer, 'stay' | 'end' | 'reset']>([
        ...brokenHeads,
        ...brokenBodies,
        ['a number that may have lost its end', `${json}\r\n12`, 'end'],
        ['lines that end with a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 2\n\n{}', 'stay'],
        ['interim lines that end with a bare LF', 'HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\r\n', 'stay'],
        ['HTML with 200', whole('<html>', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'), 'stay'],
        ['what is not JSON', whole('{"a":'), 'stay'],
        ['two JSON values', whole('{}{}'), 'stay'],
        [
          'invalid UTF-8',
          Buffer.concat([Buffer.from(`${json}Content-Length: 3\r\n\r\n"`), Buffer.from([0xff, 0x22])]),
          'stay',
        ],
        ['an unknown content coding', whole('{}', `${json}Content-Encoding: rot13\r\n`), 'stay'],
        ['a content coding that it is not in', whole('{}', `${json}Content-Encoding: gzip\r\n`), 'stay'],
      ])('on %s', async (_name, bytes, then) => {
        const error = await errorOf((await answered(bytes, then))())
        expect(error).toMatchObject({ code: 'invalid-response', status: 502, step: 'recommend' })
        expect(error.message).not.toContain('127.0.0.1')
      })

      test.each([
        ['its own', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(17_000)}\r\n\r\n{}`],
        ['that of interim ones', `HTTP/1.1 103 Early Hints\r\nX: ${'x'.repeat(3000)}\r\n\r\n`.repeat(6)],
      ])('on a head over the limit, by its own words: %s', async (_name, bytes) => {
        const error = await errorOf((await answered(bytes))())
        expect(error).toMatchObject({ code: 'invalid-response', detail: 'the head of the answer is over 16 KB' })
      })

      test('on 100,000 levels of nesting, but not on 500', async () => {
        const nested = (levels: number) => whole('['.repeat(levels) + ']'.repeat(levels))
        expect((await errorOf((await answered(nested(100_000)))())).code).toBe('invalid-response')
        expect((await errorOf((await answered(nested(501)))())).code).toBe('invalid-response')
        expect((await (await answered(nested(500)))()).status).toBe(200)
      })

      test('on a body that announces too much, before it comes', async () => {
        const call = await answered(`${json}Content-Length: 20000000\r\n\r\n`)
        expect(await errorOf(call())).toMatchObject({ code: 'invalid-response', detail: 'the answer is too large' })
      })

      test('on a body without end, and closes the connection', async () => {
        const server = await tcp((socket) => {
          socket.write(chunked)
          const pour = () => {
            while (!socket.destroyed && socket.write(`10000\r\n${' '.repeat(0x10000)}\r\n`));
          }
          socket.on('drain', pour)
          pour()
        })
        expect((await errorOf(caller(server.url)())).detail).toBe('the answer is too large')
        await server.disconnected()
      })

      test('on a small body over a smaller limit that ends with the connection', async () => {
        const call = await answered(`${json}Connection: close\r\n\r\n${'1'.repeat(50)}`, 'end', {
          maxResponseBytes: 10,
        })
        expect((await errorOf(call())).detail).toBe('the answer is too large')
      })

      test('on a bomb', async () => {
        const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
        const head = `${json}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`
        const error = await errorOf((await answered(Buffer.concat([Buffer.from(head), bomb])))())
        expect(error).toMatchObject({ code: 'invalid-response', detail: 'the answer is too large' })
      })
    })

    describe('fails with the status', () => {
      test('that is no success, with its JSON body', async () => {
        const call = await answered(whole('{"why":"x"}', 'HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\n'))
        expect(await errorOf(call())).toMatchObject({
          code: 'http-503',
          status: 502,
          response: { status: 503, body: { why: 'x' } },
        })
      })

      test('by the name the service gave it', async () => {
        const call = await answered(whole('{}', 'HTTP/1.1 404 No\r\n'), 'stay', {
          errorNames: new Map([[404, 'product-missing']]),
        })
        expect(await errorOf(call())).toMatchObject({ code: 'product-missing', response: { status: 404, body: {} } })
      })

      test.each<[string, string, 'stay' | 'end', string | undefined]>([
        ['HTML', whole('<html>', 'HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\n'), 'stay', '<html>'],
        ['too large', 'HTTP/1.1 500 Oops\r\nContent-Length: 20000000\r\n\r\n', 'stay', undefined],
        ['cut', 'HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n{', 'end', undefined],
      ])('whatever its body is: %s', async (_name, bytes, then, body) => {
        expect(await errorOf((await answered(bytes, then))())).toMatchObject({
          code: 'http-500',
          response: { status: 500, body },
        })
      })

      test('or succeeds with one that the operation takes for success', async () => {
        const call = await answered(whole('{"a":1}', 'HTTP/1.1 404 No\r\n'), 'stay', {
          isSuccess: (status) => status === 404,
        })
        expect(await call()).toMatchObject({ status: 404, body: { value: { a: 1 } } })
      })
    })

    describe('ends on time', () => {
      test.each<[string, string]>([
        ['nothing', ''],
        ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
        ['only interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
        ['half a body', `${json}Content-Length: 100\r\n\r\n{`],
      ])('when the backend sends %s, and closes the connection', async (_name, bytes) => {
        const clock = new FakeClock()
        const server = await tcp((socket) => void socket.write(bytes))
        const answer = errorOf(caller(server.url, { timeoutMs: 300 }, clock)())
        await server.connected()
        await clock.advance(299)
        expect(server.sockets.size).toBe(1)
        await clock.advance(1)
        expect(await answer).toMatchObject({ code: 'timeout', status: 504, step: 'recommend' })
        await server.disconnected()
      })

      test('when the backend drips', async () => {
        const server = await tcp((socket) => {
          socket.write(chunked)
          const drip = setInterval(() => socket.write('1\r\n \r\n'), 20)
          socket.on('close', () => clearInterval(drip))
        })
        expect((await errorOf(caller(server.url, { timeoutMs: 150 })())).code).toBe('timeout')
        await server.disconnected()
      })

      test('at the deadline of the request, when that is before its own timeout', async () => {
        const clock = new FakeClock()
        const server = await tcp(() => {})
        const answer = errorOf(caller(server.url, { timeoutMs: 300 }, clock)({}, { deadline: clock.now() + 50 }))
        await server.connected()
        await clock.advance(50)
        expect((await answer).code).toBe('timeout')
      })

      test('without asking the backend when the deadline has passed', async () => {
        const clock = new FakeClock()
        const server = await tcp(() => {})
        expect((await errorOf(caller(server.url, {}, clock)({}, { deadline: clock.now() }))).code).toBe('timeout')
        await settle()
        expect(server.sockets.size).toBe(0)
      })

      test('when it is cancelled, with the reason, and closes the connection', async () => {
        const server = await tcp(() => {})
        const scope = new Scope()
        const answer = errorOf(caller(server.url)({}, { scope }))
        await server.connected()
        await settle()
        const reason = new GatewayError('cancelled')
        scope.cancel(reason)
        expect(await answer).toBe(reason)
        await server.disconnected()
      })

      test('when it was cancelled before it began', async () => {
        const server = await tcp(() => {})
        const scope = new Scope()
        const reason = new GatewayError('cancelled')
        scope.cancel(reason)
        expect(await errorOf(caller(server.url)({}, { scope }))).toBe(reason)
        await settle()
        expect(server.sockets.size).toBe(0)
      })

      test('when connecting takes for ever, until that is given up', async () => {
        const clock = new FakeClock()
        const mute = await tcp(() => {}) // answers no TLS handshake
        const channel = { connections: 2, maxWaiting: 1, connectTimeoutMs: 100 }
        const call = caller(`https://127.0.0.1:${mute.port}`, { timeoutMs: 50 }, clock, channel)
        const answers = [1, 2, 3, 4].map(() => errorOf(call()))
        await mute.connected(2)
        await clock.advance(50)
        expect((await Promise.all(answers)).map((error) => error.code)).toEqual([
          ...Array(3).fill('timeout'),
          'overloaded',
        ])
        expect(mute.sockets.size).toBe(2)
        await mute.disconnected(2)
        // The server may know of it before the client does.
        await settle()
        const again = errorOf(call())
        await mute.connected(3)
        await clock.advance(50)
        expect((await again).code).toBe('timeout')
      })

      test('and does not throw away a connection that was ready too late', async () => {
        const clock = new FakeClock()
        const secure = await tls((_request, response) => void response.end('{}'))
        const held: (() => void)[] = []
        const slow = await proxy(secure.port, (pass) => held.push(pass))
        const url = `https://backend.test:${slow.port}`
        // The next one waits for the handshake, by real time: so long that a slow machine is in time.
        const call = caller(url, { timeoutMs: 5000 }, clock, { connections: 1, tls: { ca: certificate } })
        await settle()
        const late = errorOf(call())
        await slow.connected()
        await clock.advance(5000)
        expect((await late).code).toBe('timeout')
        held[0]!()
        expect((await call()).body?.value).toEqual({})
        expect(slow.sockets.size).toBe(1)
      })
    })

    describe('waits for a connection when all are busy', () => {
      test('in order, up to a bound, no longer than its time', async () => {
        const clock = new FakeClock()
        const answers: (() => void)[] = []
        const server = await http((request, response) => {
          answers.push(() => response.end(JSON.stringify({ path: request.url })))
          server_asked()
        })
        let asked = 0
        let wake = () => {}
        function server_asked() {
          asked++
          wake()
        }
        const untilAsked = async (count: number) => {
          while (asked < count) await new Promise<void>((resolve) => (wake = resolve))
        }
        // Who waits is let in by real time too: these are seconds, so that a slow machine's milliseconds do not count.
        const call = caller(server.url, { timeoutMs: 9000 }, clock, { connections: 2, maxWaiting: 2 })
        const first = call({ path: '/1' })
        const second = errorOf(call({ path: '/2' }))
        await untilAsked(2)
        await clock.advance(3000)
        const third = call({ path: '/3' })
        const cancelled = new Scope()
        const fourth = errorOf(call({ path: '/4' }, { scope: cancelled }))
        expect((await errorOf(call({ path: '/5' }))).code).toBe('overloaded')

        cancelled.cancel(new GatewayError('cancelled'))
        expect((await fourth).code).toBe('cancelled')

        answers[0]!()
        expect((await first).body?.value).toEqual({ path: '/1' })
        await untilAsked(3)
        const sixth = errorOf(call({ path: '/6' }))
        await clock.advance(6000)
        expect((await second).code).toBe('timeout')
        await clock.advance(2970)
        answers[2]!()
        expect((await third).body?.value).toEqual({ path: '/3' })
        await clock.advance(30)
        await untilAsked(4)
        await clock.advance(6000)
        expect((await sixth).code).toBe('timeout')
      })

      test('a burst of a thousand is served whole', async () => {
        const { url } = await http((_request, response) => void response.end('{}'))
        const call = caller(url, { timeoutMs: 20_000 })
        const answers = await Promise.all(Array.from({ length: 1000 }, () => call()))
        expect(answers.every(({ status }) => status === 200)).toBe(true)
      })

      test('behind a backend that hangs no more than 1,024 gather, and all of them end in time', async () => {
        const clock = new FakeClock()
        const server = await tcp(() => {})
        const call = caller(server.url, { timeoutMs: 300 }, clock)
        const ended: string[] = []
        const calls = Array.from({ length: 2000 }, async () => void ended.push((await errorOf(call())).code))
        await server.connected(64)
        expect(ended).toEqual(Array(2000 - 64 - 1024).fill('overloaded'))
        await clock.advance(300)
        await Promise.all(calls)
        // Those that wait end at the same time, one way or the other.
        expect(new Set(ended)).toEqual(new Set(['overloaded', 'timeout']))
        expect(ended).toHaveLength(2000)
        expect(server.sockets.size).toBeLessThanOrEqual(64)
      })

      test('and is told at once that its time is over while it waits', async () => {
        const clock = new FakeClock()
        const server = await tcp(() => {})
        const call = caller(server.url, { timeoutMs: 300 }, clock, { connections: 1 })
        const first = errorOf(call())
        await server.connected()
        const second = errorOf(call({}, { deadline: clock.now() + 100 }))
        await clock.advance(100)
        expect((await second).code).toBe('timeout')
        await clock.advance(200)
        expect((await first).code).toBe('timeout')
      })
    })

    test('goes on after every fault: the connections are free again', async () => {
      let request = 0
      const { url } = await tcp((socket) => {
        const turn = request++ % 4
        if (turn === 0) socket.destroy()
        else if (turn === 1) socket.end('garbage\r\n\r\n')
        else if (turn === 2) socket.end(`${json}Content-Length: 9\r\n\r\n{`)
        else socket.write(whole('{"ok":true}'))
      })
      const call = caller(url, {}, systemClock, { connections: 1 })
      const outcomes: string[] = []
      for (let index = 0; index < 12; index++) {
        outcomes.push(
          await call().then(
            () => 'ok',
            (error: GatewayError) => error.code,
          ),
        )
      }
      const round = ['unavailable', 'invalid-response', 'invalid-response', 'ok']
      expect(outcomes).toEqual([...round, ...round, ...round])
    })

    test('sends what was rendered and what travels with every call, and nothing else', async () => {
      let head = ''
      const { url } = await tcp((socket, request) => {
        head = request
        socket.write(whole('{}'))
      })
      const propagation = { tracestate: 'v=1', baggage: 'k=1', requestId: 'req-9' }
      const context = { deadline: systemClock.now() + 250, propagation }
      await caller(`${url}/v1/`)(
        { method: 'POST', path: '/x?q=%20', headers: { 'x-user-id': 'u1' }, body: '{"a":1}' },
        context,
      )
      const [line, ...headers] = head.split('\r\n\r\n')[0]!.split('\r\n')
      expect(line).toBe('POST /v1/x?q=%20 HTTP/1.1')
      const sent = Object.fromEntries(headers.map((header) => header.toLowerCase().split(': ') as [string, string]))
      const { 'x-envoy-expected-rq-timeout-ms': leftMs, ...others } = sent
      expect(Number(leftMs)).toBeGreaterThan(0)
      expect(Number(leftMs)).toBeLessThanOrEqual(250)
      expect(others).toEqual({
        host: url.slice('http://'.length),
        connection: 'keep-alive',
        'content-length': '7',
        'x-user-id': 'u1',
        accept: 'application/json',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'x-request-id': 'req-9',
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'v=1',
        baggage: 'k=1',
      })
    })

    // Names are looked at when a file is loaded (test/conformance/headers-that-cannot-be-set.test.ts).
    test.each<[string, Partial<CallRequest>]>([
      ['a line break in a header', { headers: { 'x-user': 'a\r\nhost: evil' } }],
      ['a NUL in a header', { headers: { 'x-user': 'a\0' } }],
      ['a line break in the path', { path: '/a\r\nhost: evil' }],
      ['a space in the path', { path: '/a b' }],
    ])('refuses %s', async (_name, request) => {
      const server = await tcp((socket) => void socket.write(whole('{}')))
      expect(await errorOf(caller(server.url)(request))).toMatchObject({ code: 'invalid-input', status: 400 })
    })
  })
}
