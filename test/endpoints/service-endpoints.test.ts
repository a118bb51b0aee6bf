import { describe, expect, test } from '@jest/globals'
import type { Call } from '../../src/calls/call.ts'
import { Backends } from '../../src/calls/registry.ts'
import type { ServiceTarget } from '../../src/calls/service-target.ts'
import { Scope } from '../../src/cancellation.ts'
import { systemClock } from '../../src/clock.ts'
import { leastLatency } from '../../src/endpoints/balancers/least-latency.ts'
import { random } from '../../src/endpoints/balancers/random.ts'
import type { DiscoveryKind } from '../../src/endpoints/discovery/discovery.ts'
import { dns } from '../../src/endpoints/discovery/dns.ts'
import { type CarePolicy, noCare } from '../../src/endpoints/health/policy.ts'
import { GatewayError } from '../../src/errors.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock, settle } from '../support/fake-clock.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import { callContext, callSite, errorOf, serviceTarget } from '../support/sites.ts'

const discover = (port: number) => ({
  kind: dns as DiscoveryKind,
  settings: { name: 'reco.test', type: 'A', port, scheme: 'http', everyMs: 30_000 },
})

/** A service whose addresses are what the test says, and a way to change them. */
function start(port: number, care?: Partial<CarePolicy>) {
  const clock = new FakeClock()
  let answer: (() => Promise<string[]>) | undefined
  const addresses = async () =>
    (await (answer?.() ?? new Promise<never>(() => {}))).map((address) => ({ address, ttl: 30 }))
  const backends = new Backends({ clock, random: () => 0.5, nameServers: { addresses, services: async () => [] } })
  afterTest(() => backends.close())
  const service: ServiceTarget = { ...serviceTarget(), discover: discover(port), key: 'one' }
  if (care) Object.assign(service, { care: { ...noCare, ...care } })
  const open = (target: ServiceTarget = service) =>
    backends.open([callSite({ service: target, timeoutMs: 2000 })], [target])
  const ask = (call: Call) => call(callContext(clock))
  const become = async (found: string[]) => {
    answer = async () => found
    await clock.advance(30_000)
  }
  const answerWith = (next: () => Promise<string[]>) => {
    answer = next
  }
  return { clock, backends, service, open, ask, become, answerWith }
}

async function startServers(...addresses: string[]): Promise<TestServer[]> {
  const servers: TestServer[] = []
  for (const host of addresses) {
    const server = await opened(
      startHttpServer((_request, response) => void response.end(JSON.stringify({ host })), {
        host,
        port: servers[0]?.port ?? 0,
      }),
    )
    servers.push(server)
  }
  return servers
}

describe('endpoints that are discovered', () => {
  test('keep their connections when others come and go', async () => {
    const [first, second] = await startServers('127.0.0.1', '127.0.0.2')
    const { open, ask, become, answerWith } = start(first!.port)
    answerWith(async () => ['127.0.0.1', '127.0.0.2'])
    const { calls } = open()
    await settle()
    await ask(calls[0]!)
    await ask(calls[0]!)
    const [kept] = first!.sockets
    await become(['127.0.0.1'])
    await second!.disconnected()
    await become(['127.0.0.1', '127.0.0.2'])
    await ask(calls[0]!)
    await ask(calls[0]!)
    expect([...first!.sockets]).toEqual([kept])
  })

  test('are known at once to a snapshot that spreads calls in another way', async () => {
    const [server] = await startServers('127.0.0.1')
    const { open, ask, service, answerWith } = start(server!.port)
    answerWith(async () => ['127.0.0.1'])
    const before = open()
    await settle()
    const after = open({ ...service, balance: random, key: 'two' })
    before.release()
    expect(after.services[0]!.endpoints.pick()?.address).toBe('127.0.0.1')
    expect((await ask(after.calls[0]!)).body?.value).toEqual({ host: '127.0.0.1' })
  })

  test('are waited for while nobody has told of any', async () => {
    const [server] = await startServers('127.0.0.1')
    const { open, ask, answerWith } = start(server!.port)
    let tell = (_found: string[]) => {}
    answerWith(() => new Promise((resolve) => (tell = resolve)))
    const { calls } = open()
    const answer = ask(calls[0]!)
    await settle()
    tell(['127.0.0.1'])
    expect((await answer).body?.value).toEqual({ host: '127.0.0.1' })
  })

  test('are not waited for once they cannot be asked for', async () => {
    const { open, ask, answerWith } = start(1)
    answerWith(async () => Promise.reject(new Error('ESERVFAIL')))
    expect((await errorOf(ask(open().calls[0]!))).code).toBe('unavailable')
  })

  test('are not waited for longer than the call has time, or its client', async () => {
    const { open, clock } = start(1)
    const { calls } = open()
    const late = errorOf(calls[0]!(callContext(clock)))
    await clock.advance(2000)
    expect((await late).code).toBe('timeout')
    const scope = new Scope()
    const cancelled = errorOf(calls[0]!(callContext(clock, { scope })))
    scope.cancel(new GatewayError('cancelled'))
    expect((await cancelled).code).toBe('cancelled')
  })

  test('leave no timer behind', async () => {
    const { open, backends, clock, answerWith } = start(1, {
      slowStartMs: 60_000,
      health: { path: '/', everyMs: 1000, timeoutMs: 100, healthy: 1, unhealthy: 1 },
    })
    answerWith(async () => ['127.0.0.1'])
    open()
    await settle()
    expect(clock.pending).toBeGreaterThan(0)
    await backends.close()
    expect(clock.pending).toBe(0)
  })
})

describe('a slow start', () => {
  test('gives an endpoint that is new a growing share of the calls', async () => {
    const [server] = await startServers('127.0.0.1', '127.0.0.2')
    const { open, become, answerWith, clock } = start(server!.port, { slowStartMs: 10_000 })
    answerWith(async () => ['127.0.0.1'])
    const { endpoints } = open().services[0]!
    await settle()
    await become(['127.0.0.1', '127.0.0.2'])
    const shareOfNew = () => {
      const picks = Array.from({ length: 1100 }, () => endpoints.pick()!.address)
      return picks.filter((address) => address === '127.0.0.2').length / 1100
    }
    expect(shareOfNew()).toBeCloseTo(1 / 11, 2)
    await clock.advance(5000)
    expect(shareOfNew()).toBeCloseTo(1 / 3, 1)
    await clock.advance(5500)
    expect(shareOfNew()).toBeCloseTo(1 / 2, 2)
  })

  test('is none for those that are the first', async () => {
    const { open, answerWith } = start(1, { slowStartMs: 10_000 })
    answerWith(async () => ['127.0.0.1', '127.0.0.2'])
    const { endpoints } = open().services[0]!
    await settle()
    const picks = [1, 2, 3, 4].map(() => endpoints.pick()!.address)
    expect(picks).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.1', '127.0.0.2'])
  })
})

describe('least-latency with real servers', () => {
  test('gives less than 10 % of the calls to one of three that takes ten times as long', async () => {
    const counts = [0, 0, 0]
    const servers: TestServer[] = []
    for (const index of [0, 1, 2]) {
      const server = await opened(
        startHttpServer((_request, response) => {
          counts[index]!++
          setTimeout(() => response.end('{}'), index === 1 ? 100 : 10)
        }),
      )
      servers.push(server)
    }
    const backends = new Backends({ clock: systemClock })
    afterTest(() => backends.close())
    const service = { ...serviceTarget(...servers.map(({ url }) => url)), balance: leastLatency }
    const { calls } = backends.open([callSite({ service })])
    const client = async () => {
      for (let call = 0; call < 100; call++) await calls[0]!(callContext(systemClock))
    }
    await Promise.all([client(), client(), client(), client(), client(), client()])
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(600)
    expect(counts[1]).toBeLessThan(60)
  })
})
