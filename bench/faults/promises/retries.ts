import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayPromise, Sight } from '../promise.ts'
import { sendJson, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { ask, findTroubles, load } from '../scene/load.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone, tell } from '../sights.ts'

const perSecond = 200
const mostTimes = 1.25

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/shaky.yaml': `service: shaky
endpoints: ["\${env.SHAKY_URL}"]
timeout: 300ms
retry: { attempts: 3 }
operations:
  read:  { get: /read, out: { word: $ } }
  order: { post: /order, body: { cup: tea }, out: { word: $ } }
`,
  'routes/read.yaml': 'match: GET /read\ndo: [ { invoke: shaky.read } ]\nresponse: { body: $.word }\n',
  'routes/order.yaml': 'match: POST /order\ndo: [ { invoke: shaky.order } ]\nresponse: { body: $.word }\n',
}

/** Ways to fail that a client of the backend may want to try again. */
const failures = {
  'answering 503': (response: ServerResponse) => sendJson(response, {}, 503),
  resetting: (response: ServerResponse) => void response.socket?.resetAndDestroy(),
  silent: () => {},
}

/** A service with `retry: { attempts: 3 }`, the budget that holds without being declared, and no breaker. */
export const retries: GatewayPromise = {
  name: 'retries',
  promised: `total failure at ${perSecond} req/s: the backend sees ≤ ${mostTimes}×; a POST without an idempotency key is sent exactly once`,
  async look(scene) {
    let fail: ((response: ServerResponse) => void) | undefined
    let calls = 0
    const orders = new Map<string, number>()
    const backend = await startBackend(scene, ({ url, headers }: IncomingMessage, response) => {
      calls++
      const id = String(headers['x-request-id'])
      if (url === '/order') orders.set(id, (orders.get(id) ?? 0) + 1)
      if (fail) fail(response)
      else sendJson(response, { ok: true })
    })
    const { config } = writeProject(scene, project)
    const gateway = await startGateway(scene, { config, env: { SHAKY_URL: backend.url } })
    const seconds = scene.pick(10, 30)
    const seen: Sight[] = []

    fail = failures['answering 503']
    let before = calls
    const cold = await load(gateway.port, '/read', { perSecond, seconds })
    seen.push(seeTimes(`total failure for ${seconds} s from the first call on`, calls - before, cold.length))

    fail = undefined
    const well = await load(gateway.port, '/read', { perSecond, seconds: 12 })
    fail = failures['answering 503']
    before = calls
    const fallen = await load(gateway.port, '/read', { perSecond, seconds })
    seen.push(
      seeTimes(`total failure for ${seconds} s after 12 s in which all was well`, calls - before, fallen.length),
    )
    seen.push(tell('calls that failed while all was well', `${findTroubles(well).length} of ${well.length}`))
    for (const [what, way] of Object.entries(failures)) {
      fail = way
      orders.clear()
      seen.push(await lookAtOrders(scene, gateway, what, orders))
    }
    return seen
  },
}

function seeTimes(what: string, calls: number, requests: number): Sight {
  return seeAtMost(`${what}: ${calls} calls for ${requests} requests`, calls / requests, mostTimes, '×', 3)
}

async function lookAtOrders(
  scene: Scene,
  { url }: Gateway,
  what: string,
  orders: ReadonlyMap<string, number>,
): Promise<Sight> {
  // No more than connections to one endpoint: whoever gets none while the others are held is rightly not sent at all.
  const ids = Array.from({ length: scene.pick(20, 60) }, (_, index) => `order-${index}.`)
  await Promise.all(ids.map((id) => ask(`${url}/order`, { method: 'POST', headers: { 'x-request-id': id } })))
  const wrong = ids.flatMap((id) => (orders.get(id) === 1 ? [] : [`${id} was sent ${orders.get(id) ?? 0} times`]))
  return seeNone(`POSTs to a backend ${what} that were not sent exactly once`, wrong, ids.length)
}
