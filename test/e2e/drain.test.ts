import { Agent, request } from 'node:http'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { type Backend, sendJson, startBackend } from '../support/backend.ts'
import { type Failure, get, type Reply, startLoad } from '../support/load.ts'
import { ownFailures, type Served, startServe } from '../support/served.ts'
import { writeProject } from '../support/served-project.ts'
import { pause, until } from '../support/waiting.ts'

/** Longer than any test takes. */
const forever = '1h'

const files = {
  // On a machine that is busy elsewhere the process would shed what this is to count.
  'config/gateway.yaml': 'overload: false\n',
  'config/dictionary.yaml': 'colors: { word: {} }\n',
  'config/services/slow.yaml': `service: slow
endpoints: ["\${env.SLOW_URL}"]
timeout: ${forever}
operations:
  quick: { get: '/wait/50', out: { word: $ } }
  slow: { get: '/wait/2500', out: { word: $ } }
  never: { get: '/wait/3600000', out: { word: $ } }
`,
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: slow\n',
  ...Object.fromEntries(
    ['quick', 'slow', 'never'].map((name) => [
      `routes/${name}.yaml`,
      `match: GET /${name}\ntimeout: ${forever}\ndo: [ { invoke: slow.${name} } ]\nresponse: { body: $.word }\n`,
    ]),
  ),
}

let backend: Backend
let config: string
let env: Record<string, string>
let stuck: Served
let stuckEnded: Promise<{ code: number | null; wasCut: boolean }>

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

    gateway.signal('SIGTERM')
    // A client that has not heard of it yet still finds its connection.
    const late = await pause(100).then(() => get(`${gateway.url}/quick`, agent))
    expect([late.status, late.headers.connection]).toEqual([200, 'close'])

    expect([(await slow).status, (await slow).headers.connection]).toEqual([200, 'close'])
    const uploaded = await upload
    expect([uploaded.status, uploaded.headers.connection]).toEqual([200, 'close'])

    const { code } = await gateway.ended
    expect(code).toBe(0)
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
    expect(load.replies.at(-1)!.headers.connection).toBe('close')

    expect(ownFailures(gateway)).toEqual([])
    expect(gateway.lines().map(({ msg }) => msg)).toEqual(expect.arrayContaining(['draining', 'stopped']))
  })

  test('fails readiness before it takes no more connections', async () => {
    const patient = await writeProject({ ...files, 'config/gateway.yaml': 'drain: { accept: 5s }\n' })
    const served = await startServe({ config: `${patient}/config/gateway.yaml`, env })
    served.signal('SIGTERM')
    await until(async () => (await get(`${served.adminUrl}/readyz`)).status === 503, 'readiness fails')
    const taken = await get(`${served.url}/quick`)
    expect([taken.status, taken.headers.connection]).toEqual([200, 'close'])
    const isRefused = () =>
      get(`${served.url}/quick`).then(
        () => false,
        () => true,
      )
    await until(isRefused, 'it takes no more connections')
    expect((await served.ended).code).toBe(0)
  })

  test('waits for nobody for ever', async () => {
    expect(await stuckEnded).toEqual({ code: 0, wasCut: true })
  })
})

async function endWhileStuck(served: Served) {
  const never = get(`${served.url}/never`).then(
    () => false,
    (failure: Failure) => failure.error.message !== 'no answer',
  )
  await until(() => backend.received.some(({ target }) => target === '/wait/3600000'), 'a request is stuck')
  served.signal('SIGTERM')
  const { code } = await served.ended
  return { code, wasCut: await never }
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
