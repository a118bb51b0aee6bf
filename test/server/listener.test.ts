import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from '@jest/globals'
import { bind, closeNow, createListener, cutSlowReader } from '../../src/server/http/listener.ts'
import { afterTest } from '../support/cleanup.ts'
import { dial, parseAnswer, readAll } from '../support/raw.ts'

async function listen(onRequest: RequestListener): Promise<number> {
  const handlers = { onRequest, takesUpgrade: () => false, onUpgrade: () => {} }
  const server = createListener(handlers, {
    headersTimeoutMs: 200,
    bodyTimeoutMs: 10_000,
    checkTimeoutsEveryMs: 50,
    keepAliveTimeoutMs: 300,
    standstillTimeoutMs: 300,
    maxHeaderBytes: 16 * 1024,
    maxConnections: 10,
  })
  afterTest(() => closeNow(server))
  return bind(server, { host: '127.0.0.1', port: 0 })
}

describe('a slow client is cut', () => {
  test('that sends nothing', async () => {
    const socket = await dial(await listen((_request, response) => void response.end()))
    await readAll(socket)
  })

  test('that sends its head a byte at a time', async () => {
    const socket = await dial(await listen((_request, response) => void response.end()))
    const all = readAll(socket)
    const drip = setInterval(() => socket.write('x'), 20)
    socket.write('GET /')
    const answer = parseAnswer(await all)
    clearInterval(drip)
    expect([answer.status, answer.json()['code']]).toEqual([408, 'request-timeout'])
  })

  test('that has nothing more to ask', async () => {
    const socket = await dial(await listen((_request, response) => void response.end('x')))
    const all = readAll(socket)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await all).toContain('200 OK')
  })
})

test('a client that does not read is cut, one that waits is not', async () => {
  // Written without end, since the buffers of some kernels take a large answer whole.
  const cut = Promise.withResolvers<unknown>()
  const port = await listen((request, response) => {
    response.on('timeout', cutSlowReader)
    if (request.url === '/late') setTimeout(() => response.end('late'), 900)
    else pipeline(endless(), response).catch(cut.resolve)
  })
  const waiting = await dial(port)
  const late = readAll(waiting)
  waiting.write('GET /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const lazy = await dial(port)
  lazy.write('GET /endless HTTP/1.1\r\nHost: a\r\n\r\n')
  lazy.pause()
  expect(await cut.promise).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
  expect(await late).toContain('late')
  lazy.destroy()
})

function* endless(): Generator<Buffer> {
  const chunk = Buffer.alloc(1024 * 1024)
  for (;;) yield chunk
}

test('one connection too many is not taken', async () => {
  const port = await listen((_request, response) => void response.end())
  const held = await Promise.all(Array.from({ length: 10 }, () => dial(port)))
  const extra = await dial(port)
  await once(extra, 'close')
  expect(held.every((socket) => !socket.closed)).toBe(true)
})
