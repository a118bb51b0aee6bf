import { describe, expect, test } from '@jest/globals'
import { afterTest, opened } from '../support/cleanup.ts'
import { type Running, startGateway } from '../support/gateway.ts'
import { ConsulDouble } from '../support/registries/consul.ts'
import { EtcdServer, etcdProgram } from '../support/registries/etcd.ts'
import { freePort, startHttpServer, type TestServer } from '../support/servers.ts'
import { pause, until } from '../support/waiting.ts'
import { wordRoute } from '../support/words.ts'

const service = (keys: string) => `
service: words
timeout: 20s
${keys}
operations:
  word: { get: /word, out: { word: $.word } }
`

/** A backend that answers after a moment, so that some calls are always under way. */
async function startWord(word: string): Promise<TestServer> {
  const server = await opened(
    startHttpServer((_request, response) => {
      setTimeout(() => response.setHeader('content-type', 'application/json').end(JSON.stringify({ word })), 5)
    }),
  )
  return server
}

async function ask(port: number): Promise<{ status: number; word: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}/word`)
  return { status: response.status, word: ((await response.json()) as { word?: unknown }).word }
}

/** Asks all the time from several sides while something happens; gives the statuses that came. */
async function underLoad(port: number, story: () => Promise<void>): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  let isOver = false
  const client = async () => {
    while (!isOver) {
      const { status } = await ask(port)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const clients = Array.from({ length: 8 }, client)
  await story()
  isOver = true
  await Promise.all(clients)
  return statuses
}

interface Registry {
  put(server: TestServer): Promise<void> | void
  remove(server: TestServer): Promise<void> | void
  kill(): Promise<unknown>
  restart(): Promise<unknown>
}

/** Endpoints come and go, one dies, and in between the registry is away. */
async function liveThrough(
  registry: Registry,
  { port, adminPort }: Pick<Running, 'port' | 'adminPort'>,
): Promise<void> {
  const first = await startWord('first')
  const second = await startWord('second')
  const untilKnown = (...servers: TestServer[]) =>
    until(
      async () =>
        (await knownPorts(adminPort)).join() ===
        servers
          .map((server) => server.port)
          .sort()
          .join(),
      `${servers.length} are known`,
    )
  await registry.put(first)
  await registry.put(second)
  await untilKnown(first, second)
  const statuses = await underLoad(port, async () => {
    const third = await startWord('third')
    await registry.put(third)
    await untilKnown(first, second, third)
    await registry.remove(first)
    await untilKnown(second, third)
    // A call that chose it before may be under way.
    await pause(200)
    await first.close()
    await registry.kill()
    // Nobody tells of it: calls find out.
    await second.close()
    await pause(300)
    await registry.restart()
    const fourth = await startWord('fourth')
    await registry.put(fourth)
    await registry.remove(second)
    await untilKnown(third, fourth)
  })
  expect([...statuses.keys()]).toEqual([200])
  const words = new Set<unknown>()
  for (let call = 0; call < 20; call++) words.add((await ask(port)).word)
  expect([...words].sort()).toEqual(['fourth', 'third'])
}

/** Of the endpoints that the gateway knows of. */
async function knownPorts(adminPort: number): Promise<number[]> {
  const told = (await (await fetch(`http://127.0.0.1:${adminPort}/-/endpoints`)).json()) as {
    services: { endpoints: { url: string }[] }[]
  }
  return told.services[0]!.endpoints.map(({ url }) => Number(new URL(url).port)).sort()
}

describe('a gateway whose endpoints are discovered', () => {
  test('loses no request while they come, go and die and Consul is killed and started again', async () => {
    const consul = await new ConsulDouble().start()
    afterTest(() => consul.stop())
    const registry: Registry = {
      put: ({ port }) => consul.put('words', port),
      remove: ({ port }) => consul.remove(`words-${port}`),
      kill: () => consul.stop(),
      restart: () => consul.start(),
    }
    const keys = `discover: { consul: { address: ${consul.address}, service: words } }\nfailover: fast-retry`
    const running = await startGateway({ 'services/words': service(keys), 'routes/word': wordRoute })
    await liveThrough(registry, running)
  })

  const testWithEtcd = etcdProgram ? test : test.skip
  if (!etcdProgram) console.warn('SKIPPED: a gateway and etcd, since no etcd is installed')
  testWithEtcd('loses none with etcd either', async () => {
    const etcd = await new EtcdServer().start()
    afterTest(() => etcd.close())
    const registry: Registry = {
      put: async ({ port, url }) => void (await etcd.put(`/words/${port}`, url)),
      remove: async ({ port }) => void (await etcd.delete(`/words/${port}`)),
      kill: () => etcd.kill(),
      restart: () => etcd.start(),
    }
    const keys = `discover: { etcd: { address: ${etcd.address}, prefix: /words/ } }\nfailover: fast-retry`
    const running = await startGateway({ 'services/words': service(keys), 'routes/word': wordRoute })
    await liveThrough(registry, running)
  })

  test('lets calls wait for the first answer of the registry, and refuses them once it cannot answer', async () => {
    const consul = await new ConsulDouble().start()
    afterTest(() => consul.stop())
    const words = await startWord('hello')
    const address = consul.address
    await consul.stop()
    const keys = `discover: { consul: { address: ${address}, service: words } }`
    const { port, adminPort, gateway } = await startGateway({
      'services/words': service(keys),
      'routes/word': wordRoute,
    })
    expect((await ask(port)).status).toBe(502)
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`)
    expect(ready.status).toBe(200)
    await consul.start()
    consul.put('words', words.port)
    await pause(1000)
    expect((await ask(port)).word).toBe('hello')
    expect(gateway.snapshot.version).toBeTruthy()
  })

  test('tells of every endpoint on the admin listener and in the metrics', async () => {
    const one = await startWord('one')
    const two = await startWord('two')
    const keys = `endpoints: [{ url: ${one.url}, weight: 3, zone: a }, { url: ${two.url}, zone: b }]
balance: least-latency
health: { get: /word }
outlier: { failures: 3 }`
    const { port, adminPort } = await startGateway({
      gateway: 'zone: a',
      'services/words': service(keys),
      'routes/word': wordRoute,
    })
    for (let call = 0; call < 5; call++) expect((await ask(port)).word).toBe('one')
    const admin = await fetch(`http://127.0.0.1:${adminPort}/-/endpoints`)
    const told = (await admin.json()) as { services: { endpoints: Record<string, unknown>[] }[] }
    expect(told.services).toHaveLength(1)
    expect(told.services[0]).toMatchObject({ service: 'words', balance: 'least-latency' })
    const [first, second] = told.services[0]!.endpoints
    expect(first).toMatchObject({ url: one.url, weight: 3, zone: 'a', state: 'healthy', inFlight: 0 })
    expect(first!['latencyMs']).toBeGreaterThan(3)
    expect(second).toMatchObject({ url: two.url, zone: 'b', latencyMs: 0 })
    const metrics = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
    expect(metrics).toContain('tessera_endpoints{service="words",state="healthy"} 2')
  })
})

describe('a passthrough', () => {
  test('leaves out an endpoint that fails, and finds out when it is well again', async () => {
    let isIll = true
    const ill = await opened(
      startHttpServer((_request, response) => {
        response.writeHead(isIll ? 500 : 200).end('{"word":"ill"}')
      }),
    )
    const well = await startWord('well')
    const keys = `endpoints: [${ill.url}, ${well.url}]\noutlier: { failures: 2, eject: 2s }`
    const { port } = await startGateway({
      'services/words': service(keys),
      'routes/word': 'match: GET /word\nproxy: words',
    })
    const statuses: number[] = []
    for (let call = 0; call < 12; call++) statuses.push((await ask(port)).status)
    expect(statuses.filter((status) => status === 500)).toHaveLength(2)
    isIll = false
    const words = new Set<unknown>()
    await until(async () => words.add((await ask(port)).word).size === 2, 'both answer')
    expect(words).toEqual(new Set(['ill', 'well']))
  })
})

describe('a gateway that registers itself', () => {
  test('is there while it serves, and has left before it refuses a connection', async () => {
    const consul = await new ConsulDouble().start()
    afterTest(() => consul.stop())
    const words = await startWord('hello')
    const register = `register: { consul: { address: ${consul.address}, host: 127.0.0.1, id: gw } }`
    const { gateway, port } = await startGateway({
      gateway: register,
      'services/words': service(`endpoints: [${words.url}]`),
      'routes/word': wordRoute,
    })
    await until(() => consul.instances.has('gw'))
    expect(consul.instances.get('gw')).toMatchObject({ Name: 'tessera', Address: '127.0.0.1', Port: port })
    const closing = gateway.close()
    await until(() => !consul.instances.has('gw'))
    expect((await ask(port)).status).toBe(200)
    await closing
  })

  test('serves without its registry', async () => {
    const nobody = await freePort()
    const words = await startWord('hello')
    const { port, lines } = await startGateway({
      gateway: `register: { etcd: { address: "http://127.0.0.1:${nobody}", prefix: /gateways/ } }`,
      'services/words': service(`endpoints: [${words.url}]`),
      'routes/word': wordRoute,
    })
    expect((await ask(port)).status).toBe(200)
    await until(() => lines.some((line) => line.includes('could not register itself')))
  })
})
