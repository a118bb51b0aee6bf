import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Backends } from '../../../src/calls/registry.ts'
import type { ServiceTarget } from '../../../src/calls/service-target.ts'
import { systemClock } from '../../../src/clock.ts'
import type { MirrorPolicy } from '../../../src/operations/policies/mirror/bind.ts'
import { opened } from '../../support/cleanup.ts'
import { startHttpServer, startTcpServer, type TestServer } from '../../support/servers.ts'
import {
  callContext,
  callRequest,
  callSite,
  RecordingMetrics,
  RecordingSpan,
  type SiteOptions,
  serviceTarget,
} from '../../support/sites.ts'
import { until } from '../../support/waiting.ts'

let backend: TestServer
let backends: Backends
let metrics: RecordingMetrics
const servers: TestServer[] = []

beforeEach(async () => {
  backend = await opened(startHttpServer((_request, response) => response.end('{"from":"backend"}')))
  servers.push(backend)
  metrics = new RecordingMetrics()
  backends = new Backends({ clock: systemClock, metrics: { forSite: () => metrics } })
})

afterEach(async () => {
  await backends.close()
  await Promise.all(servers.splice(0).map((server) => server.close()))
})

const named = (name: string, url: string): ServiceTarget => ({ ...serviceTarget(url), name })

function open(url: string, policy: Partial<MirrorPolicy> = {}, site: SiteOptions = {}) {
  const mirror: MirrorPolicy = {
    target: named('next', url),
    isUrl: false,
    share: 1,
    concurrent: 10,
    timeoutMs: 1000,
    unsafe: false,
    credentials: false,
    owner: ['reco', undefined],
    ...policy,
  }
  const { calls } = backends.open([callSite({ service: named('reco', backend.url), mirror, ...site })])
  return (span?: RecordingSpan) => calls[0]!(callContext(systemClock, span && { span }))
}

/** A server that keeps what it was sent, and answers as it is told. */
async function startMirror(status = 200) {
  const received: { request: IncomingMessage; body: string }[] = []
  const waiting: (() => void)[] = []
  const server = await opened(
    startHttpServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      received.push({ request, body })
      response.statusCode = status
      response.end('not even JSON')
      for (const resume of waiting.splice(0)) resume()
    }),
  )
  servers.push(server)
  return {
    url: server.url,
    received,
    async until(count: number) {
      while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

const mirrored = () => metrics.lines.filter((line) => line.startsWith('mirror'))

describe('a mirror', () => {
  test('gets the rendered request, marked, and what it answers is ignored', async () => {
    const mirror = await startMirror(500)
    const render = () =>
      callRequest({ method: 'PUT', path: '/recommend/paris?n=1', headers: { 'x-user': 'u1' }, body: '{"a":1}' })
    const call = open(mirror.url, {}, { render })
    expect(await call()).toMatchObject({ status: 200, body: { value: { from: 'backend' } }, attempts: 1 })
    await mirror.until(1)
    const { request, body } = mirror.received[0]!
    expect(`${request.method} ${request.url} ${body}`).toBe('PUT /recommend/paris?n=1 {"a":1}')
    expect(request.headers).toMatchObject({
      'tessera-mirror': '?1',
      'x-user': 'u1',
      'x-request-id': 'req-1',
      'content-type': 'application/json',
    })
    await until(() => mirrored().length > 0)
    expect(metrics.lines).toEqual(['attempt 200 ok', 'mirror answered'])
  })

  test('gets no credentials unless that is said, and never baggage', async () => {
    const headers = { authorization: 'Bearer hush', cookie: 'sid=hush' }
    const render = () => callRequest({ headers })
    const mirror = await startMirror()
    await open(mirror.url, {}, { render })()
    await mirror.until(1)
    expect(mirror.received[0]!.request.headers).not.toHaveProperty('authorization')
    expect(mirror.received[0]!.request.headers).not.toHaveProperty('cookie')
    await open(mirror.url, { credentials: true }, { render })()
    await mirror.until(2)
    expect(mirror.received[1]!.request.headers).toMatchObject(headers)
  })

  test('that hangs delays nothing, and holds no more than its bound', async () => {
    const hung = await opened(startTcpServer(() => {}))
    servers.push(hung)
    const call = open(hung.url, { concurrent: 3, timeoutMs: 60_000 })
    for (let index = 0; index < 20; index++) expect((await call()).status).toBe(200)
    expect(mirrored()).toEqual(new Array(17).fill('mirror dropped'))
    expect(hung.sockets.size).toBeLessThanOrEqual(3)
  })

  test('that hangs is left at its timeout, and its place is free again', async () => {
    const hung = await opened(startTcpServer(() => {}))
    servers.push(hung)
    const call = open(hung.url, { concurrent: 1, timeoutMs: 20 })
    await call()
    await until(() => mirrored().length === 1)
    await call()
    await until(() => mirrored().length === 2)
    expect(mirrored()).toEqual(['mirror failed', 'mirror failed'])
  })

  test('that is down, breaks off or talks nonsense fails nothing', async () => {
    const gone = await opened(startTcpServer(() => {}))
    await gone.close()
    const rude = await opened(startTcpServer((socket) => socket.destroy()))
    const odd = await opened(startTcpServer((socket) => socket.end('hello?\r\n\r\n')))
    servers.push(rude, odd)
    for (const [index, { url }] of [gone, rude, odd].entries()) {
      const response = await open(url)()
      expect(response).toMatchObject({ status: 200, attempts: 1 })
      expect(response.error).toBeUndefined()
      await until(() => mirrored().length === index + 1)
    }
    expect(mirrored()).toEqual(['mirror failed', 'mirror failed', 'mirror failed'])
  })

  test('gets one copy of a call, however often that is tried', async () => {
    const mirror = await startMirror()
    const failing = await opened(
      startHttpServer((_request, response) => {
        response.statusCode = 503
        response.end()
      }),
    )
    servers.push(failing)
    const retry = { attempts: 3, delayMs: 0, backoff: 'constant', jitter: false, on: ['http-503'] } as const
    const call = open(mirror.url, {}, { service: named('reco', failing.url), retry })
    await expect(call()).rejects.toMatchObject({ code: 'http-503' })
    await until(() => mirrored().length === 1)
    expect(mirror.received).toHaveLength(1)
  })

  test('gets its share of the calls', async () => {
    const mirror = await startMirror()
    await backends.close()
    const draws = [0.05, 0.5, 0.09, 0.1, 0.99]
    backends = new Backends({
      clock: systemClock,
      random: () => draws.shift()!,
      metrics: { forSite: () => metrics },
    })
    const call = open(mirror.url, { share: 0.1 })
    for (let index = 0; index < 5; index++) await call()
    await until(() => mirrored().length === 2)
    expect(mirror.received).toHaveLength(2)
  })

  test('leaves a client span of its own, which says that it is one', async () => {
    const mirror = await startMirror()
    const span = new RecordingSpan(true)
    await open(mirror.url)(span)
    await until(() => mirrored().length === 1)
    expect(span.children.map(({ attributes, isEnded }) => [attributes['tessera.mirror'], isEnded])).toEqual([
      [undefined, true],
      [true, true],
    ])
    expect(span.children[1]!.attributes).toMatchObject({ 'http.response.status_code': 200 })
  })

  test('that is slow is heard out after the request has ended', async () => {
    const slow = await opened(startHttpServer((_request, response) => void setTimeout(() => response.end('{}'), 30)))
    servers.push(slow)
    const span = new RecordingSpan(true)
    await open(slow.url)(span)
    span.end()
    expect(mirrored()).toEqual([])
    await until(() => mirrored().length === 1)
    expect(mirrored()).toEqual(['mirror answered'])
  })

  test('that hangs does not hold up the end of the gateway', async () => {
    const hung = await opened(startTcpServer(() => {}))
    servers.push(hung)
    await open(hung.url, { timeoutMs: 3_600_000 })()
    await backends.close()
    expect(mirrored()).not.toContain('mirror answered')
  })
})
