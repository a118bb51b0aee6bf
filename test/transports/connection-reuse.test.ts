import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { transports } from '../../src/transports/index.ts'
import { kinds, withRawBackend } from '../support/transports/raw-channel.ts'

const good = (name: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`

describe.each(kinds.map((kind) => [kind.name, kind] as const))('a connection of %s', (_name, kind) => {
  test('carries the next request behind a whole exchange', () =>
    withRawBackend(
      kind,
      (socket) => void socket.write(good('x')),
      async ({ send, arrivals }) => {
        for (let count = 0; count < 3; count++) await send()
        expect(arrivals).toEqual([0, 0, 0])
      },
    ))

  test.each(['413 Too Large', '200 OK'])(
    'carries nothing more when %s came before all of its request was out',
    (status) =>
      withRawBackend(
        kind,
        (socket, head, connection) => {
          if (connection > 0) return void socket.write(good('next'))
          // It reads no further: what does not fit into the kernel's buffers stays with the gateway.
          expect(head).toContain('POST')
          socket.pause()
          socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\n{}`)
        },
        async ({ send, arrivals }) => {
          const early = await send({ method: 'POST', body: 'x'.repeat(32 * 1024 * 1024) })
          expect([early.status, early.body.toString()]).toEqual([Number.parseInt(status, 10), '{}'])
          expect((await send()).body.toString()).toBe('next')
          expect(arrivals).toEqual([0, 1])
        },
      ),
  )

  test.each([
    ['a HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['a HEAD without a length', 'HEAD', 'HTTP/1.1 200 OK\r\n\r\n'],
    ['a 204 that says how long it is', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ['a 304 that says how long it is', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ['a 204 in chunks', 'GET', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a 304 in chunks', 'GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ])('gives nobody the body that comes late behind %s', (_what, method, head) =>
    withRawBackend(
      kind,
      (socket, request, connection) => {
        const late = head.includes('chunked') ? '5\r\nwrong\r\n0\r\n\r\n' : 'wrong'
        if (request.includes(' /mistaken ')) {
          socket.write(head)
          // undici waits for what a 204 or 304 announces, and takes it as its body.
          if (kind.name === 'undici' && method === 'GET') socket.write(late)
        } else if (connection === 0) socket.write(late + good('wrong'))
        else socket.write(good('next'))
      },
      async ({ send, arrivals }) => {
        await send({ method, path: '/mistaken' }).catch(() => {})
        const next = await Promise.all([1, 2, 3].map(() => send()))
        expect(next.map(({ body }) => body.toString())).toEqual(['next', 'next', 'next'])
        expect(arrivals.slice(1)).not.toContain(0)
      },
    ),
  )

  test.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['204 of no length', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n'],
    ['304', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n'],
  ])('carries the next request behind a %s', (_what, head) =>
    withRawBackend(
      kind,
      (socket) => void socket.write(head),
      async ({ send, arrivals }) => {
        await send()
        await send()
        expect(arrivals).toEqual([0, 0])
      },
    ),
  )

  test.each([
    ['with it', (write: (text: string) => void) => write(`${good('x')}more`)],
    [
      'while it is idle',
      (write: (text: string) => void) => {
        write(good('x'))
        setTimeout(() => write(good('more')), 20)
      },
    ],
  ])('is closed by bytes beyond its answer that come %s', (_when, answer) =>
    withRawBackend(
      kind,
      (socket) => answer((text) => void socket.write(text)),
      async ({ send, arrivals, disconnected }) => {
        expect((await send()).body.toString()).toBe('x')
        await disconnected()
        await turn()
        expect((await send()).body.toString()).toBe('x')
        expect(arrivals).toEqual([0, 1])
      },
    ),
  )
})

test.each([
  ['413 Too Large', 200_000, [0, 1]],
  ['413 Too Large', 10_000, [0, 0]],
  ['200 OK', 200_000, [0, 0]],
])('a connection of http1 after %s to a body of %d bytes', async (status, bytes, connections) => {
  await withRawBackend(
    transports.get('http1')!,
    (socket) => void socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\n{}`),
    async ({ send, arrivals }) => {
      await send({ method: 'POST', body: 'x'.repeat(bytes) })
      await send()
      expect(arrivals).toEqual(connections)
    },
  )
})
