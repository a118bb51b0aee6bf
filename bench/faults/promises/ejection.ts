import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayPromise, Sight } from '../promise.ts'
import { type Backend, sendJson, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { type Exchange, findTroubles, load } from '../scene/load.ts'
import { holdsWithin, pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone } from '../sights.ts'

const mostErrorsPercent = 0.5
const calmAfterMs = 1_000

const files = (care: string) => ({
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/three.yaml': `service: three
endpoints: ["\${env.URL_0}", "\${env.URL_1}", "\${env.URL_2}"]
timeout: 200ms
${care}
operations: { call: { get: /, out: { word: $ } } }
`,
  'routes/call.yaml': 'match: GET /call\ndo: [ { invoke: three.call } ]\nresponse: { body: $.word }\n',
})

/** Ways in which one of three endpoints dies. The budget of a route is 1 s, an attempt has 200 ms. */
const deaths = {
  'gone (connections refused)': async ({ backend }: Endpoint) => backend.die(),
  'answering 500': async (endpoint: Endpoint) => {
    endpoint.mode = 'failing'
  },
  silent: async (endpoint: Endpoint) => {
    endpoint.mode = 'silent'
  },
}

/** Three endpoints of a service with `outlier`, `failover: fast-retry` and `retry`, then with `health` alone. */
export const ejection: GatewayPromise = {
  name: 'ejection',
  promised: `1 of 3 endpoints dies: < ${mostErrorsPercent} % errors in all, 0 after 1 s; all unhealthy: still routes`,
  async look(scene) {
    const seen: Sight[] = []
    for (const [what, die] of Object.entries(deaths)) {
      const { endpoints, gateway } = await startThree(
        scene,
        'outlier: {}\nfailover: fast-retry\nretry: { on: [unavailable, timeout, http-5xx] }',
      )
      seen.push(...(await lookAtDeath(scene, gateway, what, () => die(endpoints[0]!))))
      await gateway.stop()
    }
    return [...seen, await lookAtPanic(scene)]
  },
}

/** A backend and what it is up to. */
interface Endpoint {
  readonly backend: Backend
  mode: 'well' | 'failing' | 'silent' | 'unhealthy'
}

async function startThree(scene: Scene, care: string): Promise<{ endpoints: Endpoint[]; gateway: Gateway }> {
  const endpoints: Endpoint[] = []
  const env: Record<string, string> = {}
  for (let index = 0; index < 3; index++) {
    const answer = ({ url }: IncomingMessage, response: ServerResponse) => {
      const { mode } = endpoints[index]!
      if (mode === 'silent') return
      const isBad = mode === 'failing' || (mode === 'unhealthy' && url === '/healthz')
      sendJson(response, { index }, isBad ? 500 : 200)
    }
    const backend = await startBackend(scene, answer)
    endpoints.push({ backend, mode: 'well' })
    env[`URL_${index}`] = backend.url
  }
  const gateway = await startGateway(scene, { config: writeProject(scene, files(care)).config, env })
  return { endpoints, gateway }
}

async function lookAtDeath(scene: Scene, { port }: Gateway, what: string, die: () => Promise<void>): Promise<Sight[]> {
  const seconds = scene.pick(6, 20)
  const dieAfterMs = 2_000
  const loaded = load(port, '/call', { perSecond: 200, seconds })
  await pause(dieAfterMs)
  await die()
  const exchanges = await loaded
  const later = exchanges.filter(({ dueMs }: Exchange) => dueMs > dieAfterMs + calmAfterMs + 100)
  const errors = findTroubles(exchanges)
  const share = (100 * errors.length) / exchanges.length
  return [
    seeAtMost(
      `one ${what}: errors of ${exchanges.length} requests in ${seconds} s${errors[0] ? `, first: ${errors[0]}` : ''}`,
      share,
      mostErrorsPercent,
      '%',
      2,
    ),
    seeNone(`one ${what}: errors after 1 s`, findTroubles(later), later.length),
  ]
}

/** Health checks that call all of them ill, while calls would go well. */
async function lookAtPanic(scene: Scene): Promise<Sight> {
  const { endpoints, gateway } = await startThree(scene, 'health: { get: /healthz, every: 200ms, unhealthy: 2 }')
  for (const endpoint of endpoints) endpoint.mode = 'unhealthy'
  const areOut = async () => {
    const text = await (await fetch(`${gateway.adminUrl}/-/endpoints`)).text()
    return (text.match(/"state":"unhealthy"/g) ?? []).length === endpoints.length
  }
  if (!(await holdsWithin(areOut, 10_000))) {
    const text = await (await fetch(`${gateway.adminUrl}/-/endpoints`)).text()
    throw new Error(`the endpoints are not taken for unhealthy: ${text}`)
  }
  const exchanges = await load(gateway.port, '/call', { perSecond: 200, seconds: 2 })
  return seeNone('all unhealthy: requests that were not routed', findTroubles(exchanges), exchanges.length)
}
