import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Running, startGateway, untilActive } from '../support/gateway.ts'
import { dial } from '../support/raw.ts'
import { startHttpServer } from '../support/servers.ts'
import { until } from '../support/waiting.ts'

const often = 25

/** A backend that holds what it is asked until it is told to answer, or answers a status at once. */
class Backend {
  readonly held: ServerResponse[] = []
  status: number | undefined = undefined
  asked = 0
  url = ''

  async listen(): Promise<this> {
    const server = startHttpServer((request, response) => {
      this.asked++
      if (this.status === undefined) this.held.push(response)
      else answer(response, this.status, request)
    })
    this.url = (await opened(server)).url
    return this
  }

  release(): void {
    for (const response of this.held.splice(0)) answer(response, 200)
  }
}

function answer(response: ServerResponse, status: number, request?: IncomingMessage): void {
  if (status === 0) request?.socket.destroy()
  else response.writeHead(status, { 'content-type': 'application/json' }).end('{"word":"w"}')
}

/** Routes of every kind before one service with a breaker and outlier detection. */
async function start(gateway = '') {
  const clock = new FakeClock()
  const [backend, other, first] = await Promise.all([0, 0, 0].map(() => new Backend().listen()))
  const route = (match: string, steps: string, keys = '') =>
    `match: ${match}\n${keys}\ndo: ${steps}\nresponse: { body: { word: $.word } }\n`
  const running = await startGateway(
    {
      gateway: `defaults: { timeout: 1s }\n${gateway}`,
      'services/words': `
service: words
endpoints: ['${backend!.url}', '${other!.url}']
breaker: { minCalls: 5, errorRate: 50%, window: 60s }
outlier: { failures: 3 }
balance: least-latency
operations:
  word: { get: /word, out: { word: $.word } }
  kept: { get: /kept, out: { word: $.word }, cache: { ttl: 1s }, coalesce: false }
  joined: { get: /joined, in: { other.word?: query.q }, out: { word: $.word }, coalesce: true }
  post: { post: /post, in: { other.word: $.q }, out: { word: $.word } }
`,
      'services/first': `
service: first
endpoints: ['${first!.url}']
operations: { first: { get: /first } }
`,
      'routes/word': route('GET /word', '[ { invoke: words.word } ]'),
      'routes/kept': route('GET /kept', '[ { invoke: words.kept } ]'),
      'routes/joined': route('GET /joined', '[ { invoke: words.joined } ]', 'in: { other.word?: query.q }'),
      'routes/after': route('GET /after', '[ { invoke: first.first }, { invoke: words.word } ]'),
      'routes/post': route('POST /post', '[ { invoke: words.post } ]', 'in: { other.word: $.q }'),
      'routes/through': 'match: /through\nproxy: words\n',
    },
    { clock },
  )
  const backends = [backend!, other!]
  const held = () => backends.flatMap((one) => one.held)
  return {
    clock,
    running,
    first: first!,
    held,
    release() {
      for (const one of backends) one.release()
    },
    answers(status: number | undefined) {
      for (const one of backends) one.status = status
    },
    asked: () => backends.reduce((sum, one) => sum + one.asked, 0),
  }
}

/** Sends a request; gives its status, or that the connection went. */
function ask({ port }: Running, path: string, headers: Record<string, string> = {}, method = 'GET', body = '') {
  let status: number | 'gone' | undefined
  const sent = send({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
    status = response.statusCode
    response.resume()
  })
  sent.on('error', () => {
    status ??= 'gone'
  })
  sent.end(body)
  return { sent, status: () => status }
}

const many = <Thing>(make: (index: number) => Thing) => Array.from({ length: often }, (_, index) => make(index))

async function statuses(asked: readonly { status: () => unknown }[]): Promise<unknown[]> {
  await until(() => asked.every(({ status }) => status() !== undefined))
  return [...new Set(asked.map(({ status }) => status()))]
}

/** Breakers that are not closed, and how many endpoints are ejected. */
async function troubles({ adminPort }: Running): Promise<{ open: string[]; ejected: number }> {
  const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  const open = [...metrics.matchAll(/^tessera_breaker_state\{.*operation="(\w+)"\} [12]$/gm)].map(([, name]) => name!)
  const ejected = Number(/^tessera_endpoints\{service="words",state="ejected"\} (\d+)$/m.exec(metrics)?.[1])
  return { open, ejected }
}

const none = { open: [], ejected: 0 }
const hurry = { 'x-envoy-expected-rq-timeout-ms': '2' }

describe(`${often} requests of a stranger open no breaker and eject nothing:`, () => {
  test.each(['/word', '/kept', '/joined'])('a short budget on %s is not believed', async (path) => {
    const { clock, running, held, release } = await start()
    const asked = many(() => ask(running, path, hurry))
    await until(() => held().length === (path === '/joined' ? 1 : often))
    await clock.advance(10)
    release()
    expect(await statuses(asked)).toEqual([200])
    expect(await troubles(running)).toEqual(none)
  })

  test.each(['/word', '/kept', '/joined'])(
    'one that a proxy hands on cuts the call on %s and blames nobody',
    async (path) => {
      const { clock, running, held } = await start('trustedProxies: [loopback]')
      for (let turn = 0; turn < often; turn++) {
        const before = held().length
        const one = ask(running, path, hurry)
        await until(() => held().length > before)
        await clock.advance(10)
        expect(await statuses([one])).toEqual([504])
      }
      expect(await troubles(running)).toEqual(none)
    },
  )

  test('a slow first call that leaves the next one 15 ms', async () => {
    const { clock, running, first, held } = await start()
    const asked = many(() => ask(running, '/after'))
    await until(() => first.held.length === often)
    await clock.advance(985)
    first.release()
    await until(() => held().length === often)
    await clock.advance(20)
    expect(await statuses(asked)).toEqual([504])
    expect(await troubles(running)).toEqual(none)
  })

  test.each(['/word', '/kept', '/joined', '/through'])('clients of %s that hang up while it is asked', async (path) => {
    const { running, held } = await start()
    const asked = many((index) => ask(running, `${path}${path === '/joined' ? `?q=${index}` : ''}`))
    await until(() => held().length === often)
    for (const { sent } of asked) sent.destroy()
    await until(() => running.entries.length === often)
    expect(await troubles(running)).toEqual(none)
  })

  test('clients that hang up when almost all time is over', async () => {
    const { clock, running, held } = await start()
    const asked = many(() => ask(running, '/word'))
    await until(() => held().length === often)
    await clock.advance(990)
    for (const { sent } of asked) sent.destroy()
    await until(() => running.entries.length === often)
    await clock.advance(100)
    expect(await troubles(running)).toEqual(none)
  })

  test.each(['/post', '/through'])('uploads to %s that stand still', async (path) => {
    const { clock, running, asked } = await start()
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"q":`
    const sockets = await Promise.all(many(() => dial(running.port)))
    let answered = ''
    for (const socket of sockets) {
      socket.on('data', (chunk) => {
        answered += chunk.toString('latin1')
      })
      socket.write(head)
    }
    if (path === '/through') await until(() => asked() === often)
    else await untilActive(running, often)
    await clock.advance(11_000)
    await until(() => answered.split('HTTP/1.1 408').length === often + 1)
    expect(await troubles(running)).toEqual(none)
  })

  test.each(['/post', '/through'])('uploads to %s that break off', async (path) => {
    const { running } = await start()
    const sockets = await Promise.all(many(() => dial(running.port)))
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"q":`
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(head, resolve))))
    for (const socket of sockets) socket.destroy()
    await until(() => running.entries.length === often)
    expect(await troubles(running)).toEqual(none)
  })

  test('requests in a row on one connection that closes', async () => {
    const { running, held } = await start()
    const socket = await dial(running.port)
    socket.write('GET /word HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(often))
    await until(() => held().length > 0)
    socket.destroy()
    await until(() => running.entries.length > 0)
    expect(await troubles(running)).toEqual(none)
  })

  test.each([400, 401, 403, 404, 408, 409, 413, 422, 429, 431])('values that a backend answers %d', async (status) => {
    const { running, answers } = await start()
    answers(status)
    const asked = [
      ...many(() => ask(running, '/word')),
      ...many((index) => ask(running, `/joined?q=${index}`)),
      ...many(() => ask(running, '/post', { 'content-type': 'application/json' }, 'POST', '{"q":"x"}')),
      ...many(() => ask(running, '/through')),
    ]
    await statuses(asked)
    expect(await troubles(running)).toEqual(none)
  })

  test('heads, conditions, ranges and long headers', async () => {
    const { running, answers } = await start()
    answers(200)
    const asked = [
      ...many(() => ask(running, '/word', {}, 'HEAD')),
      ...many(() => ask(running, '/through', {}, 'HEAD')),
      ...many(() => ask(running, '/kept', { 'if-none-match': '*', range: 'bytes=0-0' })),
      ...many(() => ask(running, '/word', { 'x-long': 'x'.repeat(12_000) })),
      ...many(() => ask(running, '/through', { 'x-long': 'x'.repeat(12_000), expect: '100-continue' })),
    ]
    await statuses(asked)
    expect(await troubles(running)).toEqual(none)
  })

  test('a burst whose last ones wait for a connection until their time is over', async () => {
    const { clock, running, held, release } = await start()
    const asked = Array.from({ length: 220 }, () => ask(running, '/word'))
    await untilActive(running, 220)
    await until(() => held().length === 128)
    await clock.advance(600)
    release()
    await until(() => held().length === 92)
    await clock.advance(500)
    await statuses(asked)
    expect(asked.filter(({ status }) => status() === 200)).toHaveLength(128)
    expect(await troubles(running)).toEqual(none)
  })
})

describe('honest failures still do:', () => {
  test.each(['/word', '/joined'])('a backend of %s that hangs for as long as it has', async (path) => {
    const { clock, running, held } = await start()
    for (let turn = 0; turn < 8; turn++) {
      const before = held().length
      const one = ask(running, path)
      const isOver = () => one.status() !== undefined
      await until(() => isOver() || held().length > before)
      await clock.advance(1000)
      await until(isOver)
    }
    expect(await troubles(running)).toEqual({ open: [path.slice(1)], ejected: 1 })
  })

  test('a backend that hangs behind a call that took a little', async () => {
    const { clock, running, first, held } = await start()
    const asked = Array.from({ length: 8 }, () => ask(running, '/after'))
    await until(() => first.held.length === 8)
    await clock.advance(50)
    first.release()
    await until(() => held().length === 8)
    await clock.advance(950)
    expect(await statuses(asked)).toEqual([504])
    expect(await troubles(running)).toEqual({ open: ['word'], ejected: 1 })
  })

  test.each([500, 503, 0])('a backend that answers %d (0: closes the connection)', async (status) => {
    const { running, answers } = await start()
    answers(status)
    for (let turn = 0; turn < 12; turn++) await statuses([ask(running, '/word')])
    expect(await troubles(running)).toEqual({ open: ['word'], ejected: 1 })
  })

  test.each([500, 0])('a backend that is passed through to and answers %d', async (status) => {
    const { running, answers } = await start()
    answers(status)
    for (let turn = 0; turn < 12; turn++) await statuses([ask(running, '/through')])
    expect((await troubles(running)).ejected).toBe(1)
  })

  test('a backend that is passed through to and hangs', async () => {
    const { clock, running, held } = await start()
    const asked = Array.from({ length: 12 }, () => ask(running, '/through'))
    await until(() => held().length === 12)
    await clock.advance(1000)
    expect(await statuses(asked)).toEqual([504])
    expect((await troubles(running)).ejected).toBe(1)
  })
})
