import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { issue } from '../../support/certificates.ts'
import { afterTest, opened } from '../../support/cleanup.ts'
import { startGateway } from '../../support/gateway.ts'
import { askHttp2 } from '../../support/http2.ts'
import { dialFor, member, proxyHeader, rawHeader } from '../../support/proxy-header.ts'
import { dial, parseAnswer, readAll, request, sendRaw } from '../../support/raw.ts'
import { startHttpServer } from '../../support/servers.ts'
import { askTls, pairFiles, startWith } from '../../support/tls-gateway.ts'
import { until } from '../../support/waiting.ts'

const listen = (keys = '', from = '[loopback]') => `listen: { port: 0, proxyProtocol: { from: ${from} }${keys} }\n`
const whoAsks = 'match: GET /who\nresponse: { body: $.request.ip }\n'
const ask = request('GET /who HTTP/1.1')
const failures = async ({ adminPort }: { adminPort: number }, reason: string) => {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  return Number(
    new RegExp(`tessera_proxy_protocol_failures_total{listener="public",reason="${reason}"} (\\d+)`).exec(text)?.[1],
  )
}
const answerOf = async (socket: Socket, text: string) => {
  const all = readAll(socket)
  socket.write(text)
  return parseAnswer(await all)
}

describe('who a proxy says has connected is the client', () => {
  test('of routes, of the log, and of services behind `proxy:`', async () => {
    const seen: unknown[] = []
    const backend = await opened(
      startHttpServer(({ headers }, response) => {
        seen.push(headers['x-forwarded-for'])
        response.end()
      }),
    )
    const running = await startGateway({
      gateway: `${listen()}accessLog: { fields: [client] }\n`,
      'services/shop': `service: shop\nendpoints: [${backend.url}]\n`,
      'routes/shop': 'match: ANY /shop/*rest\nproxy: shop\n',
      'routes/who': whoAsks,
    })
    expect((await answerOf(await dialFor(running.port, '192.0.2.7'), ask)).json()).toBe('192.0.2.7')
    await answerOf(await dialFor(running.port, '192.0.2.8'), request('GET /shop/a HTTP/1.1'))
    expect(seen).toEqual(['192.0.2.8'])
    const clients = running.lines.flatMap((line) => (JSON.parse(line) as { client?: string }).client ?? [])
    expect(clients).toEqual(['192.0.2.7', '192.0.2.8'])
  })

  test('of limits', async () => {
    const { port } = await startGateway({
      gateway: listen(),
      'routes/who': `${whoAsks}limit: { rate: 1/h, by: request.ip }\n`,
    })
    const statusFor = async (client: string) => (await answerOf(await dialFor(port, client), ask)).status
    const statuses = [await statusFor('192.0.2.1'), await statusFor('192.0.2.1'), await statusFor('192.0.2.2')]
    expect(statuses).toEqual([200, 429, 200])
  })

  test('and is believed no more than one who connects himself', async () => {
    const files = { 'routes/who': whoAsks }
    const told = request('GET /who HTTP/1.1', 'X-Forwarded-For: 203.0.113.9')
    // The proxy is trusted, and is none in the words of HTTP: whom it tells of is the peer.
    const { port } = await startGateway({ gateway: `${listen()}trustedProxies: [loopback, 192.0.2.1]\n`, ...files })
    expect((await answerOf(await dialFor(port, '192.0.2.7'), told)).json()).toBe('192.0.2.7')
    expect((await answerOf(await dialFor(port, '192.0.2.1'), told)).json()).toBe('203.0.113.9')
  })

  test('but where the proxy asks for itself it is the proxy', async () => {
    const { port } = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    expect((await answerOf(await dialFor(port, '192.0.2.7', { isLocal: true }), ask)).json()).toBe('127.0.0.1')
  })

  test('over TLS and HTTP/2 too, of each connection its own', async () => {
    const gateway = listen(', tls: { cert: ./a.crt, key: ./a.key }, http2: true')
    const { port } = await startWith({ gateway, 'routes/who': whoAsks }, pairFiles('a', issue()))
    const askOver = async (client: string) => askTls(port, ask, { socket: await dialFor(port, client) })
    const answers = await Promise.all(['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(askOver))
    expect(answers.map((text) => parseAnswer(text).json())).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3'])
    const socket = await dialFor(port, '2001:db8:0:0:0:0:0:1')
    const session = connectHttp2('https://gateway.test', { socket, rejectUnauthorized: false } as never)
    afterTest(() => session.destroy())
    const { body } = await askHttp2(session, { ':path': '/who' })
    expect(JSON.parse(body)).toBe('2001:db8::1')
  })
})

describe('a header', () => {
  test('may be cut anywhere, and whatever comes right behind it is the request', async () => {
    const { port } = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    const header = proxyHeader('192.0.2.7', { members: member(4, Buffer.alloc(100)) })
    for (const [at, cut] of [1, 12, 15, 16, 17, 28, header.length].entries()) {
      const socket = await dial(port)
      const all = readAll(socket)
      socket.write(header.subarray(0, cut))
      // What was written is read by itself, or else with what follows: both have to do.
      await new Promise((resolve) => setImmediate(resolve))
      socket.write(Buffer.concat([header.subarray(cut), Buffer.from(ask)]))
      expect([at, parseAnswer(await all).json()]).toEqual([at, '192.0.2.7'])
    }
  })

  test('of which each byte comes alone is one', async () => {
    const { port } = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    const socket = await dial(port)
    socket.setNoDelay(true)
    const all = readAll(socket)
    for (const byte of proxyHeader('192.0.2.7')) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.write(ask)
    expect(parseAnswer(await all).json()).toBe('192.0.2.7')
  })

  test('is followed by as many requests as there are, with bodies', async () => {
    const { port } = await startGateway({
      gateway: listen(),
      'routes/echo': 'match: POST /echo\nin: { word: $.word }\nresponse: { body: $.word }\n',
    })
    const word = 'x'.repeat(200_000)
    const body = JSON.stringify({ word })
    const one = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`
    const socket = await dial(port)
    const all = readAll(socket)
    const text = `${one}\r\n${body}${one}\r\n${body}${one}Connection: close\r\n\r\n${body}`
    socket.write(Buffer.concat([proxyHeader('192.0.2.7'), Buffer.from(text)]))
    expect((await all).split(`"${word}"`)).toHaveLength(4)
  })
})

describe('a connection is ended, and counted by why', () => {
  test.each([
    ['no-header', ask],
    ['version', `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${ask}`],
    ['invalid', rawHeader(0x2f, 0x11, Buffer.alloc(12))],
    ['unsupported', rawHeader(0x21, 0x31, Buffer.alloc(216))],
    ['too-large', rawHeader(0x21, 0x11, Buffer.alloc(12), 65_535)],
  ])('for %s', async (reason, bytes) => {
    const running = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    expect((await sendRaw(running.port, bytes)).text).toBe('')
    expect(await failures(running, reason)).toBe(1)
    const line = running.lines.map((text) => JSON.parse(text)).find(({ reason: told }) => told === reason)
    expect(line).toMatchObject({ subject: 'public', msg: expect.stringContaining('PROXY protocol header') })
    expect(running.entries).toEqual([])
  })

  test('where it is of nobody that `from` lists, with a header or without', async () => {
    const running = await startGateway({ gateway: listen('', '[10.0.0.0/8]'), 'routes/who': whoAsks })
    expect((await answerOf(await dialFor(running.port, '192.0.2.7'), ask)).text).toBe('')
    expect((await sendRaw(running.port, ask)).text).toBe('')
    expect(await failures(running, 'stranger')).toBe(2)
  })

  test('where it takes too long, whatever it sends meanwhile', async () => {
    const running = await startGateway({ gateway: listen(', headersTimeout: 200ms'), 'routes/who': whoAsks })
    const socket = await dial(running.port)
    socket.write(rawHeader(0x21, 0x11, Buffer.alloc(12), 10_000))
    const dripping = setInterval(() => socket.write('\0'), 20)
    afterTest(() => clearInterval(dripping))
    await once(socket, 'close')
    expect(await failures(running, 'timeout')).toBe(1)
    const silent = await dial(running.port)
    await once(silent, 'close')
    expect(await failures(running, 'timeout')).toBe(2)
  })

  test('where whoever opened it leaves before he has said it', async () => {
    const running = await startGateway({ gateway: listen(), 'routes/who': whoAsks })
    const socket = await dial(running.port)
    socket.end(proxyHeader('192.0.2.7').subarray(0, 20))
    await until(async () => (await failures(running, 'left')) === 1)
  })

  test('where the gateway ends before he has said it', async () => {
    const running = await startGateway({ gateway: listen(', headersTimeout: 1h'), 'routes/who': whoAsks })
    const socket = await dial(running.port)
    socket.write('\r\n')
    const closed = once(socket, 'close')
    await running.gateway.close()
    await closed
  })
})

test('a listener without `proxyProtocol` takes no header', async () => {
  const { port } = await startGateway({ 'routes/who': whoAsks })
  expect((await answerOf(await dialFor(port, '192.0.2.7'), ask)).status).toBe(400)
})
