import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { Writable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from '@jest/globals'
import { writeCopy } from '../../src/server/passthrough/copies.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Running, startGateway } from '../support/gateway.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../support/raw.ts'
import { answer, startRawBackend } from '../support/raw-backend.ts'
import { observe, startHttpServer } from '../support/servers.ts'
import { pause, until } from '../support/waiting.ts'
import { openWebSocket, startEcho } from '../support/websocket.ts'

interface Setting {
  readonly proxy?: string
  readonly timeout?: string
  readonly service?: string
  readonly clock?: FakeClock
}

function startBefore(
  url: string,
  { proxy = 'shop', timeout = '1s', service = '', clock }: Setting = {},
): Promise<Running> {
  return startGateway(
    {
      gateway: 'defaults: { maxRequestBody: 64MB }',
      'services/shop': `service: shop\nendpoints: [${url}]\n${service}\n`,
      'routes/shop': `match: ANY /shop/*rest\nproxy: ${proxy}\ntimeout: ${timeout}\n`,
    },
    clock ? { clock } : {},
  )
}

const eject = 'outlier: { failures: 1, maxEjected: 100% }'
const isEjected = async (adminPort: number) => {
  const { body } = await sendRaw(adminPort, 'GET /-/endpoints HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  return body.includes('ejected')
}

/** A backend that begins an event stream, and a way to go on with it. */
async function startEvents() {
  const sockets: Socket[] = []
  const backend = await startRawBackend((socket) => {
    sockets.push(socket)
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
    socket.write('9\r\ndata: 1\n\n\r\n')
  })
  return { ...backend, sockets }
}

/** A backend that pours an answer without end, as fast as it is taken. */
function startPouring() {
  return startRawBackend((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    const pour = () => {
      while (socket.writable && socket.write(`10000\r\n${' '.repeat(0x10000)}\r\n`));
    }
    socket.on('drain', pour)
    pour()
  })
}

/** Of the answer to a client that may still write when its connection is closed. */
function readStatus(socket: Socket): () => Promise<number> {
  let text = ''
  socket.on('data', (bytes) => {
    text += bytes
  })
  return async () => {
    await until(() => text.includes('\r\n\r\n') || socket.closed)
    return parseAnswer(text).status
  }
}

/** Time that passes in steps, for what must look whether something moved. */
async function pass(clock: FakeClock, ms: number, steps = 1): Promise<void> {
  for (let step = 0; step < steps; step++) {
    // What looks every few milliseconds need not look each time.
    clock.skip(ms / steps - 1)
    await clock.advance(1)
  }
}

/** Lets time pass again and again until something holds: what it is to be counted from may only be on its way. */
async function passUntil(clock: FakeClock, ms: number, holds: () => boolean): Promise<void> {
  await until(async () => {
    if (!holds()) await pass(clock, ms)
    return holds()
  }, String(holds))
}

describe('a silent stream', () => {
  test('has five minutes, and then it is the service that ended it', async () => {
    const clock = new FakeClock()
    const backend = await startEvents()
    const { port, entries } = await startBefore(backend.url, { clock })
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(request('GET /shop/events HTTP/1.1'))
    await until(() => text.includes('data: 1'))
    await pass(clock, 299_000)
    expect(entries).toEqual([])
    await passUntil(clock, 301_000, () => entries.length === 1 && socket.closed)
    expect(text).not.toContain('0\r\n\r\n')
    expect(entries[0]).toMatchObject({ status: 200, error: 'timeout' })
    await backend.disconnected()
  })

  test('has as long as `idle` says, and something that moves begins it anew', async () => {
    const clock = new FakeClock()
    const backend = await startEvents()
    const { port, entries } = await startBefore(backend.url, { clock, proxy: '{ service: shop, idle: 10s }' })
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(request('GET /shop/events HTTP/1.1'))
    await until(() => text.includes('data: 1'))
    for (let event = 2; event < 5; event++) {
      await pass(clock, 9500)
      backend.sockets[0]!.write(`9\r\ndata: ${event}\n\n\r\n`)
      await until(() => text.includes(`data: ${event}`))
    }
    expect(entries).toEqual([])
    await passUntil(clock, 10_000, () => entries.length === 1)
    expect(entries[0]).toMatchObject({ error: 'timeout' })
  })

  test('that is a WebSocket has as long as it likes, or as `idle` says', async () => {
    const backend = await startEcho()
    const { port } = await startBefore(backend.url, { proxy: '{ service: shop, idle: 80ms }' })
    const { socket } = await openWebSocket(port, '/shop/ws')
    await readAll(socket)
    await backend.disconnected()
  })
})

test('a reader that takes nothing for `idle` is cut, and it is told that it was the reader', async () => {
  const clock = new FakeClock()
  const backend = await startPouring()
  const { port, entries } = await startBefore(backend.url, { clock, proxy: '{ service: shop, idle: 1m }' })
  const socket = await dial(port)
  socket.pause()
  socket.write(request('GET /shop/x HTTP/1.1'))
  await until(() => backend.connections.length === 1)
  // Until all that lies between the two is full.
  for (let bytes = -1; bytes !== backend.connections[0]!.socket.bytesWritten; ) {
    bytes = backend.connections[0]!.socket.bytesWritten
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await passUntil(clock, 60_000, () => entries.length === 1)
  expect(entries[0]).toMatchObject({ status: 200, error: 'slow-reader' })
  await backend.disconnected()
})

/**
 * A backend that answers at once and closes with most of the body unread, as servers do: the kernel resets the connection.
 * It is a thread of its own, so that this happens at any moment of ours.
 */
async function startRefusing(text: string): Promise<string> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads')
    const server = require('node:net').createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.pause().end(workerData, () => socket.destroy()))
    })
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
    { eval: true, workerData: text },
  )
  afterTest(() => worker.terminate())
  const [port] = await once(worker, 'message')
  return `http://127.0.0.1:${port}`
}

describe('an upload', () => {
  /** A backend that takes everything and answers nothing. */
  async function startSink() {
    const server = createServer((socket) => void socket.resume())
    return opened(observe(server))
  }

  test.each([
    ['stalls', 0],
    ['drips', 1],
  ])('that its client %s is the client’s 408 in the end, and tells nothing of the backend', async (_, drops) => {
    const clock = new FakeClock()
    const backend = await startSink()
    const { port, adminPort } = await startBefore(backend.url, { clock, service: eject })
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.write(`${request('POST /shop/x HTTP/1.1', 'Transfer-Encoding: chunked')}1\r\nx\r\n`)
    await backend.connected()
    await until(async () => {
      for (let drop = 0; drop < drops; drop++) socket.write('1\r\nx\r\n')
      await pause(20)
      await pass(clock, 1001)
      return text !== ''
    })
    expect(parseAnswer(text).status).toBe(408)
    expect(await isEjected(adminPort)).toBe(false)
    await backend.disconnected()
  })

  test('that comes to something goes on beyond its timeout', async () => {
    const clock = new FakeClock()
    const backend = await startSink()
    const { port, entries } = await startBefore(backend.url, { clock })
    const socket = await dial(port)
    socket.write(request('POST /shop/x HTTP/1.1', 'Transfer-Encoding: chunked'))
    await backend.connected()
    for (let second = 0; second < 40; second++) {
      socket.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`)
      await new Promise((resolve) => setTimeout(resolve, 5))
      await pass(clock, 1001)
    }
    expect(entries).toEqual([])
  })

  test('that the backend does not take is the backend’s 504, and it is held against it', async () => {
    const clock = new FakeClock()
    const backend = await opened(observe(createServer((socket) => void socket.pause())))
    const { port, adminPort, entries } = await startBefore(backend.url, { clock, service: eject })
    const socket = await dial(port)
    const statusOf = readStatus(socket)
    socket.write(request('POST /shop/x HTTP/1.1', 'Content-Length: 33554432'))
    socket.write(Buffer.alloc(32 * 1024 * 1024))
    await backend.connected()
    for (let bytes = -1; bytes !== socket.bytesWritten - socket.writableLength; ) {
      bytes = socket.bytesWritten - socket.writableLength
      await pause(300)
    }
    await passUntil(clock, 1001, () => entries.length === 1)
    expect(await statusOf()).toBe(504)
    expect(await isEjected(adminPort)).toBe(true)
  })

  test.each([
    ['with a length', true, 'close'],
    ['in chunks', false, 'close'],
    ['with a length, on a connection that stays', true, 'keep-alive'],
  ])('that is refused while it comes is answered what the backend says: %s', async (_, hasLength, after) => {
    const { port } = await startBefore(await startRefusing(answer('too much', '413 Too Large')), { timeout: '10s' })
    const size = 200_000
    const statuses: number[] = []
    const framing = hasLength ? `Content-Length: ${size}` : 'Transfer-Encoding: chunked'
    const chunk = 'x'.repeat(10_000)
    for (let round = 0; round < 40; round++) {
      const socket = await dial(port)
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes
      })
      socket.write(`POST /shop/x HTTP/1.1\r\nHost: a\r\nConnection: ${after}\r\n${framing}\r\n\r\n`)
      for (let sent = 0; sent < size; sent += chunk.length) socket.write(hasLength ? chunk : `2710\r\n${chunk}\r\n`)
      if (!hasLength) socket.write('0\r\n\r\n')
      await until(() => text.endsWith('too much') || socket.closed)
      statuses.push(parseAnswer(text).status)
      socket.destroy()
    }
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 413))
  })

  test('whose backend closes without an answer is a 502', async () => {
    const backend = await startRawBackend((socket) => {
      socket.pause()
      socket.destroy()
    })
    const { port } = await startBefore(backend.url, { timeout: '10s' })
    const socket = await dial(port)
    const statusOf = readStatus(socket)
    socket.write(request('POST /shop/x HTTP/1.1', 'Content-Length: 200000'))
    socket.write('x'.repeat(200_000))
    expect(await statusOf()).toBe(502)
  })

  test('in chunks does not cost its connection to the backend', async () => {
    const backend = await opened(
      startHttpServer((incoming, response) => void incoming.resume().once('end', () => response.end('fine'))),
    )
    const { port } = await startBefore(backend.url)
    for (let round = 0; round < 3; round++) {
      const text = `${request('POST /shop/x HTTP/1.1', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`
      expect((await sendRaw(port, text)).status).toBe(200)
    }
    expect(backend.sockets.size).toBe(1)
  })
})

test('the head of an answer does not wait for its body', async () => {
  const { url } = await opened(
    startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
    }),
  )
  const { port } = await startBefore(url)
  const aborting = new AbortController()
  const { status, headers } = await fetch(`http://127.0.0.1:${port}/shop/events`, { signal: aborting.signal })
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  aborting.abort()
})

test('answers that many read at once are each as its service sent it, however slowly it is read', async () => {
  // More than the buffers of a connection take.
  const bytesOf = (letter: string) => ('rst'.includes(letter) ? 400_000 : 6_000_000)
  const backend = await startRawBackend((socket, head) => {
    const [, framing, letter = ''] = /\/shop\/(\w+)\/(\w)/.exec(head)!
    const bytes = bytesOf(letter)
    if (framing === 'length') {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`)
      socket.write(Buffer.alloc(bytes, letter))
      return
    }
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (let at = 0; at < bytes; at += 40_000) socket.write(`9c40\r\n${letter.repeat(40_000)}\r\n`)
    socket.write('0\r\n\r\n')
  })
  const { port } = await startBefore(backend.url, { timeout: '1m' })
  const ask = async (path: string) => {
    const socket = await dial(port)
    socket.write(request(`GET /shop/${path} HTTP/1.1`))
    return socket
  }
  /** What stands in an answer, and how long the runs of its letter are together: what frames chunks has none of them. */
  const read = async (socket: Socket, letter: string) => {
    const { body } = parseAnswer(await readAll(socket))
    const runs = body.match(new RegExp(`${letter}+`, 'g')) ?? []
    return { strange: /[g-z]/.exec(body.replaceAll(letter, ''))?.[0], bytes: runs.join('').length }
  }
  const whole = (letter: string) => ({ strange: undefined, bytes: bytesOf(letter) })
  const slow = await Promise.all(['length/p', 'chunks/q'].map(ask))
  const gone = await ask('length/x')
  await once(gone, 'readable')
  gone.destroy()
  const quick = await Promise.all(['length/r', 'chunks/s', 'length/t'].map(ask))
  for (const [sockets, letters] of [
    [quick, ['r', 's', 't']],
    [slow, ['p', 'q']],
  ] as const)
    expect(await Promise.all(letters.map((letter, index) => read(sockets[index]!, letter)))).toEqual(letters.map(whole))
})

test('memory that a piece went out of is used for the next, and for none where it did not go out', () => {
  const written: { bytes: Buffer; done: (error?: Error) => void }[] = []
  const lent = Buffer.alloc(20_000, 'a')
  const write = () => {
    const sink = new Writable({ write: (bytes, _encoding, done) => void written.push({ bytes, done }) })
    sink.on('error', () => {})
    writeCopy(sink, lent)
    return written.at(-1)!
  }
  const first = write()
  first.done()
  const second = write()
  const third = write()
  lent.fill('b')
  expect(second.bytes.buffer).toBe(first.bytes.buffer)
  expect(third.bytes.buffer).not.toBe(second.bytes.buffer)
  expect(String(third.bytes)).toBe('a'.repeat(20_000))
  third.done(new Error('the connection broke'))
  expect(write().bytes.buffer).not.toBe(third.bytes.buffer)
})
