import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { startGateway } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'
import { answer, startRawBackend } from '../support/raw-backend.ts'
import { until } from '../support/waiting.ts'

async function startBefore(url: string) {
  return startGateway({
    'services/shop': `service: shop\nendpoints: [${url}]\noperations: {}\n`,
    'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
  })
}

/** A backend that answers `/shop/odd` oddly and everything else with its path. */
async function startBeforeOdd(odd: (socket: Socket) => void) {
  const backend = await startRawBackend((socket, head) => {
    const path = head.split(' ', 2)[1]!
    if (path === '/shop/odd') odd(socket)
    else socket.write(answer(path))
  })
  return { ...(await startBefore(backend.url)), backend }
}

const get = (path: string) => request(`GET ${path} HTTP/1.1`)

test('a connection is used again after a whole exchange', async () => {
  const { port, backend } = await startBeforeOdd((socket) => socket.write(answer('odd')))
  for (const path of ['/shop/a', '/shop/odd', '/shop/b']) expect((await sendRaw(port, get(path))).status).toBe(200)
  expect(backend.connections).toHaveLength(1)
})

describe('a connection is not used again, and whoever comes next gets an answer of their own, after', () => {
  test.each([
    ['a HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n'],
    ['a HEAD whose body comes with it', 'HEAD', answer('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')],
    ['a 204 that says it has a body', 'GET', 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n'],
    ['a 204 whose body comes with it', 'GET', answer('{}', '204 No Content')],
    ['a 304 that says how long its body is', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n'],
    ['a 304 in chunks', 'GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a body that is longer than it says', 'GET', `${answer('fine')}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
  ])('%s', async (_, method, bytes) => {
    const { port, backend } = await startBeforeOdd((socket) => {
      socket.write(bytes)
      // What comes late, when the next request may be under way.
      setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'), 20)
    })
    const odd = await sendRaw(port, request(`${method} /shop/odd HTTP/1.1`))
    expect(odd.status).toBe(Number(bytes.slice(9, 12)))
    expect(odd.body).not.toContain('evil')
    for (const path of ['/shop/a', '/shop/b']) expect((await sendRaw(port, get(path))).body).toBe(path)
    expect(backend.connections[0]!.text).not.toContain('/shop/a')
  })

  test('an answer that came before the request was whole', async () => {
    const { port, backend } = await startBeforeOdd((socket) => socket.write(answer('early', '401 Unauthorized')))
    const socket = await dial(port)
    socket.write('POST /shop/odd HTTP/1.1\r\nHost: a\r\nContent-Length: 65\r\n\r\nhello')
    const early = parseAnswer(String((await once(socket, 'data'))[0]))
    expect([early.status, early.body]).toEqual([401, 'early'])
    // The rest of the body, which would be a request of its own.
    socket.write(`GET /shop/smuggled HTTP/1.1\r\nHost: a\r\n\r\n${'.'.repeat(18)}`)
    expect((await sendRaw(port, get('/shop/a'))).body).toBe('/shop/a')
    expect(backend.heads.filter((head) => head.includes('smuggled'))).toEqual([])
    expect(backend.connections[0]!.text).not.toContain('/shop/a')
  })

  test('a client that hung up in its request', async () => {
    const { port, backend } = await startBeforeOdd(() => {})
    const socket = await dial(port)
    socket.write('POST /shop/odd HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\nhalf')
    await until(() => backend.connections[0]?.text.endsWith('half') === true)
    socket.destroy()
    await backend.disconnected()
    expect((await sendRaw(port, get('/shop/a'))).body).toBe('/shop/a')
    expect(backend.connections).toHaveLength(2)
  })

  test('a client that hung up in its answer', async () => {
    const { port, backend } = await startBeforeOdd((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\nhalf'),
    )
    const socket = await dial(port)
    socket.write(get('/shop/odd'))
    await once(socket, 'data')
    socket.destroy()
    await backend.disconnected()
    expect((await sendRaw(port, get('/shop/a'))).body).toBe('/shop/a')
  })
})

test('a client that never ends a body nobody wants after its answer is cut', async () => {
  const { port } = await startBeforeOdd((socket) => socket.write(answer('early', '401 Unauthorized')))
  const socket = await dial(port)
  const all = readAll(socket)
  socket.write('POST /shop/odd HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
  expect(parseAnswer(await all).status).toBe(401)
})
