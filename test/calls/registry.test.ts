import { describe, expect, test } from '@jest/globals'
import type { Call, CallResponse } from '../../src/calls/call.ts'
import { Backends, type BackendsOptions } from '../../src/calls/registry.ts'
import { systemClock } from '../../src/clock.ts'
import { Body } from '../../src/json/body.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { startHttpServer, startTcpServer, type TestServer } from '../support/servers.ts'
import { callContext, callSite, errorOf, serviceTarget } from '../support/sites.ts'

function startBackends(options: Partial<BackendsOptions> = {}): Backends {
  const backends = new Backends({ clock: systemClock, ...options })
  afterTest(() => backends.close())
  return backends
}

async function startNamed(name: string): Promise<TestServer> {
  const server = await opened(startHttpServer((_request, response) => void response.end(JSON.stringify({ name }))))
  return server
}

async function startDead(): Promise<TestServer> {
  const server = await opened(startTcpServer((socket) => void socket.destroy()))
  return server
}

const ask = (call: Call): Promise<CallResponse> => call(callContext(systemClock))
const breaker = { errorRate: 0.5, windowMs: 10_000, minCalls: 2, openMs: 60_000 }
const retry = { attempts: 2, delayMs: 0, backoff: 'constant', jitter: false, on: ['unavailable'] } as const

describe('the onion', () => {
  test('takes an answer that gives nothing for a failure where a failure is provided for', async () => {
    const server = await opened(startHttpServer((_request, response) => response.end('{}')))
    const backends = new Backends({ clock: systemClock })
    const spare = { status: 200, headers: {}, body: Body.ofValue('spare'), source: 'fallback', attempts: 0 } as const
    const { calls } = backends.open([
      callSite({
        service: serviceTarget(`http://127.0.0.1:${server.port}`),
        isUsable: (body) => Object.keys(body?.value as object).length > 0,
        fallbacks: [
          { kind: 'lastGood', maxAgeMs: 60_000 },
          { kind: 'handler', run: () => spare },
        ],
      }),
    ])
    for (const _ of [1, 2])
      expect(await ask(calls[0]!)).toMatchObject({ body: { value: 'spare' }, error: { code: 'invalid-response' } })
    await backends.close()
    await server.close()
  })

  test('spreads calls over the endpoints', async () => {
    const servers = [await startNamed('a'), await startNamed('b'), await startNamed('c')]
    const { calls } = startBackends().open([
      callSite({ service: serviceTarget(...servers.map((server) => server.url)) }),
    ])
    const names: unknown[] = []
    for (let index = 0; index < 6; index++) names.push((await ask(calls[0]!)).body?.value)
    expect(names).toEqual(['a', 'b', 'c', 'a', 'b', 'c'].map((name) => ({ name })))
  })

  test('retries on another endpoint', async () => {
    const service = serviceTarget((await startDead()).url, (await startNamed('alive')).url)
    const { calls } = startBackends().open([callSite({ service, retry })])
    const responses = await Promise.all(Array.from({ length: 10 }, () => ask(calls[0]!)))
    expect(responses.map((response) => response.body?.value)).toEqual(Array(10).fill({ name: 'alive' }))
  })

  test('has the breaker inside the retries and the fallback around both', async () => {
    const service = serviceTarget((await startDead()).url)
    const spare: CallResponse = {
      status: 200,
      headers: {},
      body: Body.ofValue('spare'),
      source: 'fallback',
      attempts: 0,
    }
    const fallbacks = [{ kind: 'handler', run: () => spare } as const]
    const { calls } = startBackends().open([callSite({ service, retry, breaker, fallbacks })])
    expect(await ask(calls[0]!)).toMatchObject({
      body: { value: 'spare' },
      attempts: 2,
      error: { code: 'unavailable' },
    })
    expect(await ask(calls[0]!)).toMatchObject({
      body: { value: 'spare' },
      attempts: 0,
      error: { code: 'circuit-open' },
    })
  })

  test('gives the last good answer when the backend breaks', async () => {
    const bodies = ['{"n":1}', '{"n":']
    const server = await opened(startHttpServer((_request, response) => void response.end(bodies.shift() ?? '{')))
    const site = callSite({ service: serviceTarget(server.url), fallbacks: [{ kind: 'lastGood', maxAgeMs: 1000 }] })
    const { calls } = startBackends().open([site])
    await ask(calls[0]!)
    expect(await ask(calls[0]!)).toMatchObject({
      body: { value: { n: 1 } },
      source: 'stale',
      error: { code: 'invalid-response' },
    })
  })

  test('fails as unavailable without endpoints', async () => {
    const { calls } = startBackends().open([callSite({ service: serviceTarget() })])
    expect((await errorOf(ask(calls[0]!))).code).toBe('unavailable')
  })
})

describe('Backends', () => {
  test('keeps connections and breakers over a reload that leaves them equal', async () => {
    const server = await startNamed('a')
    const dead = await startDead()
    const backends = startBackends()
    const sites = [
      callSite({ service: serviceTarget(server.url) }),
      callSite({ service: { ...serviceTarget(dead.url), name: 'dead' }, breaker }),
    ]
    const before = backends.open(sites)
    await ask(before.calls[0]!)
    await errorOf(ask(before.calls[1]!))
    await errorOf(ask(before.calls[1]!))
    const [socket] = server.sockets
    const after = backends.open(sites)
    before.release()
    await ask(after.calls[0]!)
    expect([...server.sockets]).toEqual([socket])
    expect((await errorOf(ask(after.calls[1]!))).code).toBe('circuit-open')
  })

  test('a breaker with another policy begins anew, one of another operation is its own', async () => {
    const service = serviceTarget((await startDead()).url)
    const { calls } = startBackends().open([
      callSite({ service, breaker }),
      callSite({ service, breaker: { ...breaker, minCalls: 9 } }),
      callSite({ service, breaker, operation: 'other' }),
      callSite({ service, breaker, route: 'another', step: 'again' }),
    ])
    await errorOf(ask(calls[0]!))
    await errorOf(ask(calls[0]!))
    const codes = []
    for (const call of calls) codes.push((await errorOf(ask(call))).code)
    expect(codes).toEqual(['circuit-open', 'unavailable', 'unavailable', 'circuit-open'])
  })

  test('tells the state of a breaker to the metrics', async () => {
    const states: unknown[] = []
    const service = serviceTarget((await startDead()).url)
    const site = { attempt() {}, events: () => () => {}, fallback() {} }
    const backends = startBackends({
      metrics: {
        forSite: () => site,
        gauge: (kind, service, operation) => (value) => states.push([kind.name, service, operation, value]),
      },
    })
    const { calls } = backends.open([callSite({ service, breaker })])
    await errorOf(ask(calls[0]!))
    await errorOf(ask(calls[0]!))
    expect(states).toEqual([['breaker', 'reco', 'recommend', 2]])
  })

  test('lets a call under way end when its snapshot is released, then closes the connections', async () => {
    let answer = () => {}
    const server = await opened(
      startHttpServer((_request, response) => {
        answer = () => response.end('{}')
        asked()
      }),
    )
    let asked = () => {}
    const whenAsked = new Promise<void>((resolve) => (asked = resolve))
    const service = serviceTarget(server.url)
    const backends = startBackends()
    const { calls, release } = backends.open([callSite({ service })])
    expect(backends.endpointsOf(service).map((endpoint) => endpoint.url)).toEqual([server.url])
    const response = ask(calls[0]!)
    await whenAsked
    release()
    release()
    expect(backends.endpointsOf(service)).toEqual([])
    await settle()
    expect(server.sockets.size).toBe(1)
    answer()
    expect((await response).status).toBe(200)
    await server.disconnected()
  })

  test('serves what is passed through without a site', async () => {
    const service = serviceTarget('http://127.0.0.1:1/v1/', 'http://127.0.0.1:2')
    const backends = startBackends()
    const { release, services } = backends.open([], [service])
    const picked = [1, 2, 3].map(() => services[0]!.endpoints.pick()?.url)
    expect(picked).toEqual(['http://127.0.0.1:1/v1', 'http://127.0.0.1:2', 'http://127.0.0.1:1/v1'])
    release()
    expect(services[0]!.endpoints.pick()).toBeUndefined()
  })

  test('follows a name to its new address without failing a call', async () => {
    const clock = new FakeClock()
    let port = 0
    const servers = new Map<string, TestServer>()
    for (const address of ['127.0.0.1', '127.0.0.2']) {
      const server = await opened(
        startHttpServer(
          (request, response) => {
            response.end(JSON.stringify({ address, host: request.headers.host }))
          },
          { host: address, port },
        ),
      )
      port = server.port
      servers.set(address, server)
      afterTest(server.close)
    }
    let found = ['127.0.0.1']
    const backends = startBackends({ clock, resolve: async () => found })
    const service = serviceTarget(`http://reco.test:${port}`)
    const { calls, release } = backends.open([callSite({ service })])
    afterTest(async () => release())
    await settle()
    const ask = async () => (await calls[0]!(callContext(clock))).body?.value
    expect(await ask()).toEqual({ address: '127.0.0.1', host: `reco.test:${port}` })
    found = ['127.0.0.2']
    await clock.advance(30_000)
    expect(await ask()).toEqual({ address: '127.0.0.2', host: `reco.test:${port}` })
    await servers.get('127.0.0.1')!.disconnected()
    expect(backends.endpointsOf(service).map((endpoint) => endpoint.address)).toEqual(['127.0.0.2'])
  })

  test('leaves no timer behind when it is closed', async () => {
    const clock = new FakeClock()
    const backends = new Backends({ clock, resolve: async () => ['127.0.0.1'] })
    backends.open([callSite({ service: serviceTarget('http://reco.test:1'), breaker })])
    await settle()
    expect(clock.pending).toBe(1)
    await backends.close()
    expect(clock.pending).toBe(0)
  })
})
