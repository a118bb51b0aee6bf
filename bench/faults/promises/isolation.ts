import type { ServerResponse } from 'node:http'
import type { GatewayPromise, Sight } from '../promise.ts'
import { answerAfter, sendJson, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { countStatuses, type Exchange, findTroubles, load, p99, statusOf } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import type { Scene } from '../scene/scene.ts'
import { compareInTurns, seeChangeAtMost } from '../scene/turns.ts'
import { seeAtMost, seeNone, seeTimeAtMost } from '../sights.ts'

const movedPercent = 10
const openAnswerMs = 20
const probesPerSecond = 2
const wellMs = 20

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/well.yaml': `service: well\nendpoints: ["\${env.WELL_URL}"]\noperations: { call: { get: /, out: { word: $ } } }\n`,
  'services/ill.yaml': `service: ill
endpoints: ["\${env.ILL_URL}"]
operations:
  bare:    { get: /, timeout: 200ms, out: { word: $ } }
  guarded: { get: /, timeout: 200ms, out: { word: $ }, breaker: { minCalls: 10, open: 1s } }
`,
  ...Object.fromEntries(
    [
      ['well', 'well.call'],
      ['bare', 'ill.bare'],
      ['guarded', 'ill.guarded'],
    ].map(([name, operation]) => [
      `routes/${name}.yaml`,
      `match: GET /${name}\ndo: [ { invoke: ${operation} } ]\nresponse: { body: $.word }\n`,
    ]),
  ),
}

/** Two backends, one of which dies: what the routes of the other notice, and what its own do. */
export const isolation: GatewayPromise = {
  name: 'isolation',
  promised: `one dead backend moves other routes’ p99 < ${movedPercent} %; an open breaker answers < ${openAnswerMs} ms and lets ≤ ${probesPerSecond} probes/s through`,
  async look(scene) {
    let isDead = false
    let calls = 0
    const answer = answerAfter(wellMs)
    const well = await startBackend(scene, answer)
    const ill = await startBackend(scene, (request, response: ServerResponse) => {
      calls++
      if (isDead) return
      if (request.url === '/') answer(request, response)
      else sendJson(response, {})
    })
    const { config } = writeProject(scene, project)
    const gateway = await startGateway(scene, { config, env: { WELL_URL: well.url, ILL_URL: ill.url } })
    const setDead = (dead: boolean) => {
      isDead = dead
    }
    const sights = await lookAtNeighbours(scene, gateway, setDead)
    isDead = true
    return [...sights, ...(await lookAtBreaker(scene, gateway, () => calls))]
  },
}

/** The same load on both, with the one backend well and dead in turns. */
async function lookAtNeighbours(
  { pick }: Scene,
  { port }: Gateway,
  setDead: (dead: boolean) => void,
): Promise<Sight[]> {
  const seconds = pick(3, 8)
  const troubles: string[] = []
  let requests = 0
  const measure = async (dead: boolean): Promise<number> => {
    setDead(dead)
    const [others] = await Promise.all([
      load(port, '/well', { perSecond: 200, seconds }),
      load(port, '/bare', { perSecond: 50, seconds }),
    ])
    requests += others.length
    troubles.push(...findTroubles(others))
    return p99(others)
  }
  await measure(false)
  const tellDisturbance = watchMachine()
  const change = await compareInTurns(pick(3, 7), {
    without: () => measure(false),
    with: () => measure(true),
  })
  const what = `p99 of another route with a backend of ${wellMs} ms moved by`
  return [
    seeChangeAtMost(what, change, movedPercent, tellDisturbance()),
    seeNone('failures of the other route', troubles, requests),
  ]
}

async function lookAtBreaker({ pick }: Scene, { port }: Gateway, countCalls: () => number): Promise<Sight[]> {
  await load(port, '/guarded', { perSecond: 50, seconds: 2 })
  const tellDisturbance = watchMachine()
  const seconds = pick(5, 20)
  const callsBefore = countCalls()
  const exchanges = await load(port, '/guarded', { perSecond: 100, seconds })
  const probes = countCalls() - callsBefore
  const refused = exchanges.filter((exchange: Exchange) => statusOf(exchange) === 503)
  const what = `an open breaker, ${refused.length} answers of ${countStatuses(exchanges)}: p99`
  return [
    seeTimeAtMost(what, p99(refused), openAnswerMs, tellDisturbance(), 'ms', 1),
    seeAtMost('probes that reach the backend (breaker of `open: 1s`)', probes / seconds, probesPerSecond, '/s', 1),
  ]
}
