import { networkInterfaces } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import type { Call } from '../../src/calls/call.ts'
import { Backends } from '../../src/calls/registry.ts'
import type { ServiceTarget } from '../../src/calls/service-target.ts'
import { systemClock } from '../../src/clock.ts'
import { chooseFamily } from '../../src/endpoints/discovery/resolvers/family.ts'
import { type CarePolicy, noCare } from '../../src/endpoints/health/policy.ts'
import { afterTest, opened } from '../support/cleanup.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { startHttpServer, type TestServer } from '../support/servers.ts'
import { callContext, callSite, serviceTarget } from '../support/sites.ts'
import { until } from '../support/waiting.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some((one) => one.address === '::1'))
if (!hasIpv6) process.stderr.write(`skipped: ${import.meta.filename}, a server on ::1 (this machine has no IPv6)\n`)

const ejecting: CarePolicy = { ...noCare, outlier: { failures: 2, ejectMs: 10_000, maxEjected: 1 } }

async function startBackend(status: number): Promise<TestServer & { calls: number }> {
  const server = await opened(
    startHttpServer((_request, response) => {
      backend.calls++
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    }),
  )
  const backend = Object.assign(server, { calls: 0 })
  afterTest(() => backend.close())
  return backend
}

function start() {
  const clock = new FakeClock()
  const backends = new Backends({ clock, random: () => 0.5 })
  afterTest(() => backends.close())
  /** What a configuration opens in which the service has these endpoints. */
  const open = (urls: readonly string[], care: CarePolicy | undefined = ejecting) => {
    const service: ServiceTarget = { ...serviceTarget(...urls), key: JSON.stringify([urls, care]), care }
    const { calls, release } = backends.open([callSite({ service })])
    const states = () => backends.endpointsOf(service).map(({ condition }) => condition.state)
    return { call: calls[0]!, release, states }
  }
  const ask = async (call: Call, times: number) => {
    for (let time = 0; time < times; time++) await call(callContext(clock)).catch(() => {})
  }
  return { clock, open, ask }
}

describe('a reload that changes the list of endpoints', () => {
  test('keeps an endpoint out that has been taken out, until its rest is over', async () => {
    const [dead, well, added] = [await startBackend(500), await startBackend(200), await startBackend(200)]
    const { clock, open, ask } = start()
    const before = open([dead.url, well.url])
    await ask(before.call, 4)
    expect(before.states()).toEqual(['ejected', 'healthy'])
    await clock.advance(4000)

    const after = open([dead.url, well.url, added.url])
    before.release()
    expect(after.states()).toEqual(['ejected', 'healthy', 'healthy'])
    const seen = dead.calls
    await ask(after.call, 6)
    expect(dead.calls).toBe(seen)
    expect(added.calls).toBeGreaterThan(0)

    await clock.advance(6000)
    expect(after.states()[0]).toBe('on-trial')
  })

  test('keeps the connections to those that stay', async () => {
    const [first, added] = [await startBackend(200), await startBackend(200)]
    const { open, ask } = start()
    const before = open([first.url])
    await ask(before.call, 1)
    const [kept] = first.sockets
    const after = open([first.url, added.url])
    before.release()
    await ask(after.call, 4)
    expect([...first.sockets]).toEqual([kept])
  })

  test('counts failures on from where they were', async () => {
    const [dead, well] = [await startBackend(500), await startBackend(200)]
    const { open, ask } = start()
    const before = open([dead.url])
    await ask(before.call, 1)
    const after = open([dead.url, well.url])
    before.release()
    await ask(after.call, 2)
    expect(after.states()).toEqual(['ejected', 'healthy'])
  })

  test('hears what the last calls of the old configuration tell', async () => {
    const [dead, well] = [await startBackend(500), await startBackend(200)]
    const { open, ask } = start()
    const before = open([dead.url])
    const after = open([dead.url, well.url])
    await ask(before.call, 2)
    expect(after.states()).toEqual(['ejected', 'healthy'])
    const seen = dead.calls
    await ask(after.call, 4)
    expect(dead.calls).toBe(seen)
  })

  test('closes those that left, and no other', async () => {
    const [left, stays] = [await startBackend(200), await startBackend(200)]
    const { open, ask } = start()
    const before = open([left.url, stays.url])
    await ask(before.call, 2)
    open([stays.url])
    before.release()
    await left.disconnected()
    expect(stays.sockets.size).toBe(1)
  })

  test('brings back what nobody looks after any more', async () => {
    const [dead, well] = [await startBackend(500), await startBackend(200)]
    const { open, ask } = start()
    const before = open([dead.url, well.url])
    await ask(before.call, 4)
    const after = open([dead.url, well.url], noCare)
    before.release()
    expect(after.states()).toEqual(['healthy', 'healthy'])
  })

  test('does not mix up two that are the same to the letter', async () => {
    const well = await startBackend(200)
    const { open, ask } = start()
    const before = open([well.url, well.url])
    const after = open([well.url])
    before.release()
    await ask(after.call, 2)
    expect(after.states()).toEqual(['healthy'])
    expect(well.calls).toBe(2)
  })
})

test('a name whose address takes no connection is looked up again at once', async () => {
  const moved = await startBackend(200)
  const { port } = new URL(moved.url)
  const clock = new FakeClock()
  // Nobody listens there: the port is the other machine's.
  let addresses = ['127.0.0.9']
  const backends = new Backends({ clock, resolve: async () => addresses })
  afterTest(() => backends.close())
  const { calls } = backends.open([callSite({ service: serviceTarget(`http://reco.test:${port}`) })])
  await clock.advance(5000)
  addresses = ['127.0.0.1']
  await expect(calls[0]!(callContext(clock))).rejects.toMatchObject({ code: 'unavailable' })
  await clock.advance(0)
  expect(await calls[0]!(callContext(clock))).toMatchObject({ status: 200 })
})

describe('a name with addresses of both families', () => {
  const orders: [string, string[]][] = [
    ['127.0.0.1', ['::1', '127.0.0.1']],
    ['::1', ['127.0.0.1', '::1']],
  ]
  test.each(hasIpv6 ? orders : orders.slice(0, 1))(
    'is called at the one that takes connections: %s',
    async (host, found) => {
      const server = await opened(startHttpServer((_request, response) => void response.end('{}'), { host, port: 0 }))
      const backends = new Backends({ clock: systemClock, resolve: async () => found })
      afterTest(() => backends.close())
      const service = serviceTarget(`http://reco.test:${server.port}`)
      backends.open([callSite({ service })])
      await until(() => backends.endpointsOf(service)[0]!.address !== 'reco.test', 'resolved')
      expect(backends.endpointsOf(service).map(({ address }) => address)).toEqual([host])
    },
  )

  test('keeps to the first where none takes connections', async () => {
    expect(await chooseFamily(['::1', '10.0.0.1', '::2'], async () => false)).toEqual(['::1', '::2'])
  })

  test('is not connected to where it has one family only', async () => {
    const asked: string[] = []
    const ask = async (address: string) => asked.push(address) > 0
    expect(await chooseFamily(['10.0.0.1', '10.0.0.2'], ask)).toEqual(['10.0.0.1', '10.0.0.2'])
    expect(asked).toEqual([])
  })
})
