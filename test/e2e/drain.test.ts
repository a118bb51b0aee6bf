import { Agent, request } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Backend, sendJson, startBackend } from '../support/backend.ts'
import { type Failure, get, type Reply, startLoad } from '../support/load.ts'
import { ownFailures, type Served, startServe } from '../support/served.ts'
import { writeProject } from '../support/served-project.ts'
import { pause, until } from '../support/waiting.ts'

const drainLimitMs = 10_000
/** What a machine that is busy elsewhere may add. */
const noiseMs = 20_000

const files = {
  // On a machine that is busy elsewhere the process would shed what this is to count.
  'config/gateway.yaml': 'overload: false\n',
  'config/dictionary.yaml': 'colors: { word: {} }\n',
  'config/services/slow.yaml': `service: slow
endpoints: ["\${env.SLOW_URL}"]
timeout: 60s
operations:
  quick: { get: '/wait/50', out: { word: $ } }
  slow: { get: '/wait/2500', out: { word: $ } }
  never: { get: '/wait/600000', out: { word: $ } }
`,
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: slow\n',
  ...Object.fromEntries(
    ['quick', 'slow', 'never'].map((name) => [
      `routes/${name}.yaml`,
      `match: GET /${name}\ntimeout: 60s\ndo: [ { invoke: slow.${name} } ]\nresponse: { body: $.word }\n`,
    ]),
  ),
}

let backend: Backend
let config: string
let env: Record<string, string>
let stuck: Served
let stuckEnded: Promise<{ code: number | null; ms: number; wasCut: boolean }>

beforeAll(async () => {
  backend = await startBackend(({ target }, response) => {
    const timer = setTimeout(() => sendJson(response, { done: true }), Number(/\d+$/.exec(target)![0]))
    response.once('close', () => clearTimeout(timer))
  })
  config = `${await writeProject(files)}/config/gateway.yaml`
  env = { SLOW_URL: backend.url }
  stuck = await startServe({ config, env })
  stuckEnded = endWhileStuck(stuck)
})

describe('SIGTERM', () => {
  test('under load loses no request that was taken', async () => {
    const gateway = await startServe({ config, env })
    const agent = new Agent({ keepAlive: true })
    const idle = await get(`${gateway.url}/quick`, agent)
    expect(idle.headers.connection).toBe('keep-alive')

    const load = startLoad(() => `${gateway.url}/quick`, 100)
    const slow = get(`${gateway.url}/slow`)
    const upload = sendSlowly(`${gateway.url}/passed/wait/10`)
    await until(() => load.replies.length > 50, 'the load runs')
    await until(() => backend.received.some(({ target }) => target === '/wait/2500'), 'the slow request is under way')
    const repliesBefore = load.replies.length
    const startedBefore = backend.received.length

    const terminatedAt = performance.now()
    gateway.signal('SIGTERM')
    // A client that has not heard of it yet still finds its connection.
    const late = await pause(100).then(() => get(`${gateway.url}/quick`, agent))
    expect([late.status, late.headers.connection]).toEqual([200, 'close'])

    expect([(await slow).status, (await slow).headers.connection]).toEqual([200, 'close'])
    const uploaded = await upload
    expect([uploaded.status, uploaded.headers.connection]).toEqual([200, 'close'])

    const { code } = await gateway.ended
    expect(code).toBe(0)
    expect(performance.now() - terminatedAt).toBeLessThan(drainLimitMs + noiseMs)
    await load.stop()
    agent.destroy()

    // What reached the backend, or came on a connection that had served before, was taken.
    const reached = new Set(backend.received.map(({ headers }) => headers['x-request-id']))
    expect(load.failures.filter(({ id, wasKept }) => wasKept || reached.has(id))).toEqual([])
    expect(load.failures.length).toBeGreaterThan(0)
    expect(load.replies.map(({ status }) => status).filter((status) => status !== 200)).toEqual([])
    expect(load.replies.length).toBeGreaterThan(repliesBefore)
    expect(backend.received.length).toBeGreaterThan(startedBefore)
    // What was answered while it drains ends its connection.
    const lastReplies = load.replies.slice(-5)
    expect(lastReplies.map(({ headers }) => headers.connection)).toEqual(Array(5).fill('close'))

    expect(ownFailures(gateway)).toEqual([])
    expect(gateway.lines().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['draining', 'stopped']))
  })

  test('fails readiness before it takes no more connections', async () => {
    // It is half a second between the two; a machine that is busy elsewhere may let us miss it.
    let inOrder = false
    for (let tries = 0; tries < 3 && !inOrder; tries += 1) {
      const served = await startServe({ config, env })
      inOrder = await drainsInOrder(served).catch(() => false)
    }
    expect(inOrder).toBe(true)
  })

  test('waits for nobody longer than ten seconds', async () => {
    const { code, ms, wasCut } = await stuckEnded
    expect([code, wasCut]).toEqual([0, true])
    expect(ms).toBeLessThan(drainLimitMs + noiseMs)
    expect(ms).toBeGreaterThan(drainLimitMs / 2)
  })
})

async function endWhileStuck(served: Served) {
  const never = get(`${served.url}/never`).then(
    () => false,
    (failure: Failure) => failure.error.message !== 'no answer',
  )
  await until(() => backend.received.some(({ target }) => target === '/wait/600000'), 'a request is stuck')
  const startedAt = performance.now()
  served.signal('SIGTERM')
  const { code } = await served.ended
  return { code, ms: performance.now() - startedAt, wasCut: await never }
}

/** Whether the gateway, not ready any more, still takes a new connection, and later takes none. */
async function drainsInOrder(served: Served): Promise<boolean> {
  const agent = new Agent({ keepAlive: true })
  await get(`${served.url}/quick`, agent)
  served.signal('SIGTERM')
  await until(async () => (await get(`${served.adminUrl}/readyz`)).status === 503, 'readiness fails')
  const wasTaken = await get(`${served.url}/quick`).then(
    ({ status, headers }) => status === 200 && headers.connection === 'close',
    () => false,
  )
  agent.destroy()
  const { code } = await served.ended
  return wasTaken && code === 0
}

/** Sends a body that takes a second. */
function sendSlowly(url: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent: false }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: '' }))
    })
    sent.on('error', reject)
    sent.write('a')
    // Well within the second that a client may take for nothing.
    setTimeout(() => sent.end('b'), 500)
  })
}
