import { describe, expect, test } from '@jest/globals'
import type { Call } from '../../../src/calls/call.ts'
import { Backends } from '../../../src/calls/registry.ts'
import { systemClock } from '../../../src/clock.ts'
import { type CarePolicy, noCare } from '../../../src/endpoints/health/policy.ts'
import type { Notice } from '../../../src/telemetry/notice.ts'
import { afterTest, opened } from '../../support/cleanup.ts'
import { startHttpServer, type TestServer } from '../../support/servers.ts'
import { callContext, callSite, type SiteOptions, serviceTarget } from '../../support/sites.ts'
import { until } from '../../support/waiting.ts'

interface Backend extends TestServer {
  /** What it answers: a status. */
  status: number
  healthStatus: number
  calls: number
  checks: number
}

async function startBackend(): Promise<Backend> {
  const server = await opened(
    startHttpServer((request, response) => {
      const isCheck = request.url === '/healthz'
      if (isCheck) backend.checks++
      else backend.calls++
      response
        .writeHead(isCheck ? backend.healthStatus : backend.status, { 'content-type': 'application/json' })
        .end('{}')
    }),
  )
  const backend: Backend = Object.assign(server, { status: 200, healthStatus: 200, calls: 0, checks: 0 })
  afterTest(() => backend.close())
  return backend
}

async function start(care: Partial<CarePolicy>, site: SiteOptions = {}) {
  const servers = [await startBackend(), await startBackend(), await startBackend()]
  const notices: Notice[] = []
  const backends = new Backends({ clock: systemClock, notify: (notice) => notices.push(notice) })
  afterTest(() => backends.close())
  const service = { ...serviceTarget(...servers.map(({ url }) => url)), care: { ...noCare, ...care } }
  const { calls } = backends.open([callSite({ service, idempotent: true, ...site })])
  const states = () => backends.endpointsOf(service).map(({ condition }) => condition.state)
  return { servers, notices, states, call: calls[0]! }
}

/** So many calls, some at once; gives how many failed. */
async function ask(call: Call, count: number): Promise<number> {
  let failed = 0
  for (let done = 0; done < count; done += 10) {
    const answers = Array.from({ length: 10 }, () => call(callContext(systemClock)).catch(() => failed++))
    await Promise.all(answers)
  }
  return failed
}

const outlier = { failures: 5, ejectMs: 60_000, maxEjected: 0.5 }
const health = { path: '/healthz', everyMs: 20, timeoutMs: 1000, healthy: 2, unhealthy: 3 }

describe('one of three endpoints dies', () => {
  test('and no call fails, where failover goes on at once', async () => {
    const { servers, call, states } = await start({ failover: 'fast-retry', outlier })
    expect(await ask(call, 300)).toBe(0)
    await servers[1]!.close()
    expect(await ask(call, 2000)).toBe(0)
    expect(states()).toEqual(['healthy', 'ejected', 'healthy'])
  })

  test('and less than 0.5 % fail where calls only tell, none after it rests', async () => {
    const { servers, call, states } = await start({ outlier })
    await ask(call, 300)
    await servers[1]!.close()
    const failed = await ask(call, 4000)
    expect(failed).toBeGreaterThanOrEqual(5)
    expect(failed).toBeLessThan(20)
    expect(states()).toEqual(['healthy', 'ejected', 'healthy'])
    expect(await ask(call, 300)).toBe(0)
  })

  test('and checks take it out and bring it back', async () => {
    const { servers, call, states, notices } = await start({ health })
    servers[1]!.healthStatus = 503
    await until(() => states()[1] === 'unhealthy')
    const before = servers[1]!.calls
    expect(await ask(call, 100)).toBe(0)
    expect(servers[1]!.calls).toBe(before)
    servers[1]!.healthStatus = 200
    await until(() => states()[1] === 'healthy')
    await ask(call, 30)
    expect(servers[1]!.calls).toBeGreaterThan(before)
    expect(notices.map(({ message }) => message)).toEqual([
      'an endpoint fails its health checks',
      'an endpoint is healthy again',
    ])
  })
})

describe('all endpoints fail', () => {
  test('their checks: calls go to all of them', async () => {
    const { servers, call, states, notices } = await start({ health })
    for (const server of servers) server.healthStatus = 500
    await until(() => states().every((state) => state === 'unhealthy'))
    expect(await ask(call, 90)).toBe(0)
    for (const server of servers) expect(server.calls).toBe(30)
    expect(notices.some(({ message }) => message.startsWith('too few healthy endpoints'))).toBe(true)
  })

  test('their calls: at most half of them rest', async () => {
    const { servers, call, states } = await start({ outlier })
    for (const server of servers) server.status = 500
    expect(await ask(call, 100)).toBe(100)
    expect(states().filter((state) => state === 'ejected')).toHaveLength(1)
    for (const server of servers) server.status = 200
    expect(await ask(call, 100)).toBe(0)
  })
})

describe('failover', () => {
  test('`stop` leaves an endpoint until its checks say it is well', async () => {
    const { servers, call, states } = await start({ failover: 'stop', outlier, health })
    servers[0]!.status = 503
    servers[0]!.healthStatus = 503
    await ask(call, 60)
    await until(() => states()[0] !== 'healthy')
    servers[0]!.status = 200
    servers[0]!.healthStatus = 200
    await until(() => states()[0] === 'healthy')
    expect(await ask(call, 60)).toBe(0)
  })

  test('`retry` lets one call try an endpoint whose rest is over', async () => {
    const { servers, call, states } = await start({ failover: 'retry', outlier: { ...outlier, ejectMs: 50 } })
    servers[0]!.status = 503
    await ask(call, 60)
    await until(() => states()[0] === 'on-trial')
    servers[0]!.status = 200
    const before = servers[0]!.calls
    expect(await ask(call, 10)).toBe(0)
    expect(servers[0]!.calls).toBeGreaterThan(before)
    expect(states()[0]).toBe('healthy')
  })

  test('`fast-retry` sends what may not be repeated only where it was never sent', async () => {
    const { servers, call } = await start(
      { failover: 'fast-retry', outlier: { ...outlier, failures: 100 } },
      { idempotent: false },
    )
    servers[0]!.status = 503
    expect(await ask(call, 30)).toBe(10)
    expect(servers.reduce((sum, { calls }) => sum + calls, 0)).toBe(30)
  })

  test('`fast-retry` sends it to another where the connection was refused', async () => {
    const { servers, call } = await start({ failover: 'fast-retry', outlier }, { idempotent: false })
    await servers[0]!.close()
    expect(await ask(call, 60)).toBe(0)
    expect(servers[1]!.calls + servers[2]!.calls).toBe(60)
  })

  test('`fast-retry` goes on to at most two others, and spends the retry budget', async () => {
    const { servers, call } = await start({ failover: 'fast-retry' })
    for (const server of servers) server.status = 503
    expect(await ask(call, 200)).toBe(200)
    const sent = servers.reduce((sum, { calls }) => sum + calls, 0)
    expect(sent).toBeGreaterThan(230)
    expect(sent).toBeLessThan(300)
  })

  test('is not what a status that says nothing of the endpoint is for', async () => {
    const { servers, call, states } = await start({ failover: 'fast-retry', outlier })
    for (const server of servers) server.status = 404
    expect(await ask(call, 60)).toBe(60)
    expect(servers.reduce((sum, { calls }) => sum + calls, 0)).toBe(60)
    expect(states()).toEqual(['healthy', 'healthy', 'healthy'])
  })
})
