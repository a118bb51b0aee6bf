import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { observe } from '../support/servers.ts'
import { createProject, startTessera } from '../support/tessera.ts'

const rounds = 1000
const seed = 20_261_130

/** A generator of numbers that is the same on every machine (mulberry32). */
function createRandom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const smuggled = 'GET /shop/smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const headers = [
  'Connection: upgrade',
  'Connection: Upgrade, content-length',
  'Connection: close, upgrade',
  'Connection: keep-alive',
  'Upgrade: websocket',
  'Upgrade: WebSocket',
  'Upgrade: h2c',
  'Content-Length: 0',
  'Content-Length: 1',
  `Content-Length: ${smuggled.length}`,
  'Content-Length: 99999999999',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: identity',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Trailer: X-T',
  'TE: trailers',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  'X-A: \x80\xff',
  'X-Request-Id: \x7f',
  `X-Long: ${'x'.repeat(20_000)}`,
]
const methods = ['GET', 'GET', 'GET', 'GET', 'POST', 'HEAD', 'CONNECT', 'OPTIONS', 'PRI', 'TRACE']
const targets = ['/shop/x', '/shop/refused', '/shop/early', '/shop/none', '/hello', '//', 'http://a/shop/x', '*', 'a:1']
const tails = ['', smuggled, '0\r\n\r\n', `29\r\n${smuggled}\r\n0\r\n\r\n`, '\x00\xff', 'x', '\x81\x05hello']

/** A handshake as nobody would send it. */
function mutate(random: () => number): Buffer {
  const pick = <Value>(from: readonly Value[]) => from[Math.floor(random() * from.length)]!
  const host = random() < 0.9 ? ['Host: a'] : []
  const base = random() < 0.7 ? ['Connection: Upgrade', 'Upgrade: websocket'] : []
  const more = Array.from({ length: Math.floor(random() * 4) }, () => pick(headers))
  const lines = [`${pick(methods)} ${pick(targets)} HTTP/1.${random() < 0.95 ? 1 : 0}`, ...host, ...base, ...more]
  const before = random() < 0.15 ? `GET ${pick(targets)} HTTP/1.1\r\nHost: a\r\n\r\n` : ''
  const text = `${before}${lines.join('\r\n')}\r\n\r\n${pick(tails)}`
  const bytes = Buffer.from(text, 'latin1')
  if (random() < 0.1) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}

/** Sends it in one or two pieces, and leaves by and by. */
function attack(port: number, bytes: Buffer, random: () => number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const leaveAfterMs = 5 + random() * 40
    const cut = random() < 0.5 ? bytes.length : Math.floor(random() * bytes.length)
    socket.on('error', () => {})
    socket.on('data', () => {})
    socket.on('close', () => resolve())
    socket.on('connect', () => {
      socket.write(bytes.subarray(0, cut))
      if (cut < bytes.length) setImmediate(() => socket.write(bytes.subarray(cut)))
      setTimeout(() => (random() < 0.5 ? socket.destroy() : socket.resetAndDestroy()), leaveAfterMs)
    })
  })
}

/** A client that keeps its connection, and asks for one thing after the other until it is told to stop. */
function ask(port: number, name: string) {
  const wrong: string[] = []
  let asked = 0
  let isStopped = false
  let socket: Socket
  const done = new Promise<void>((resolve) => {
    let text = ''
    const next = () => {
      if (isStopped && asked >= 20) {
        socket.end()
        resolve()
        return
      }
      socket.write(`GET /shop/${name}-${++asked} HTTP/1.1\r\nHost: a\r\n\r\n`)
    }
    socket = connect(port, '127.0.0.1', next)
    socket.on('error', (error) => wrong.push(String(error)))
    socket.on('close', () => {
      if (!isStopped) wrong.push(`closed after ${asked}, with ${text}`)
      resolve()
    })
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (end < 0 || text.length < end + 4 + length) return
      const body = text.slice(end + 4)
      if (body !== `/shop/${name}-${asked}`) wrong.push(text)
      text = ''
      next()
    })
  })
  const stop = async () => {
    isStopped = true
    await done
    return { asked, wrong }
  }
  return { stop }
}

test('1,000 handshakes as nobody would send them leave the same process, and everyone else their own answers', async () => {
  const seen: string[] = []
  const server = createServer((incoming, response) => {
    seen.push(incoming.url!)
    if (incoming.url === '/shop/early') {
      response.writeHead(401).end('early')
      return
    }
    incoming.resume().on('end', () => response.end(incoming.url))
  })
  server.on('upgrade', (incoming, socket) => {
    socket.on('error', () => {})
    const status = incoming.url === '/shop/x' ? '101 Switching Protocols' : '404 Not Found\r\nContent-Length: 0'
    socket.write(`HTTP/1.1 ${status}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    socket.resume()
  })
  const backend = await opened(observe(server))
  const project = await createProject({
    'config/gateway.yaml': 'defaults: { timeout: 5s }\noverload: false\n',
    'config/dictionary.yaml': 'colors: {}\n',
    'config/services/shop.yaml': `service: shop\nendpoints: [${backend.url}]\noperations: {}\n`,
    'routes/shop.yaml': 'match: ANY /shop/*rest\nproxy: shop\n',
    'routes/hello.yaml': 'match: GET /hello\nresponse: { body: hello }\n',
  })
  afterTest(() => project.remove())
  const gateway = startTessera(['serve', '--port', '0', '--admin-port', '0'], { cwd: project.root })
  afterTest(async () => {
    gateway.child.kill('SIGKILL')
    await gateway.ended
  })
  await gateway.until('"listening"')
  const line = gateway
    .stdout()
    .split('\n')
    .find((text) => text.includes('"listening"'))!
  const { port, adminPort } = JSON.parse(line) as { port: number; adminPort: number }
  const { pid } = gateway.child
  const innocents = ['one', 'two', 'three'].map((name) => ask(port, name))
  const random = createRandom(seed)
  for (let round = 0; round < rounds; round += 20) {
    await Promise.all(Array.from({ length: 20 }, () => attack(port, mutate(random), random)))
    if (gateway.child.exitCode !== null) break
  }
  const told = await Promise.all(innocents.map(({ stop }) => stop()))
  expect(gateway.child.exitCode).toBeNull()
  expect(gateway.child.pid).toBe(pid)
  for (const { asked, wrong } of told) {
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThanOrEqual(20)
  }
  // What stands inside a body that is sent in chunks, or is told by its length, is no request of its own here either.
  expect(seen.filter((url) => !url.startsWith('/shop/'))).toEqual([])
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  for (const [, count] of metrics.matchAll(/^tessera_exchange_faults_total\{.*\} (\d+)$/gm)) expect(count).toBe('0')
  expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(200)
})
