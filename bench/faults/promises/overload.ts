import type { GatewayPromise, Sight } from '../promise.ts'
import { answerAfter, startBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { countStatuses, type Exchange, load, p99, p99OfClient, statusOf } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { measurePeak } from '../scene/peak.ts'
import type { Scene } from '../scene/scene.ts'
import { seeThat, seeTimeAtMost, tell } from '../sights.ts'

const times = 3
const leastPercent = 80
const shedMs = 50
const places = 16
const backendMs = 40
/** What is later than this is of no use to anyone. */
const inTimeMs = 1_000
/** A client that is later than this is not fit to judge. */
const clientLateMs = 10
/** A peak that is so much higher afterwards was disturbed before: it was not three times of what fits. */
const peakGrowth = 1.2
/** Compared each with each: some 4 ms. Faster, and clients that wait for 10 s would be more than sockets. */
const items = 300

const project = {
  'dictionary.yaml': 'colors: { word: {}, list: { type: array } }\n',
  'services/narrow.yaml': `service: narrow
endpoints: ["\${env.NARROW_URL}"]
bulkhead: { concurrent: ${places}, queue: ${places} }
operations: { call: { get: /, out: { word: $ } } }
`,
  'services/plain.yaml': `service: plain\nendpoints: ["\${env.LIST_URL}"]\noperations: { list: { get: /, out: { list: $ } } }\n`,
  'routes/narrow.yaml': 'match: GET /narrow\ndo: [ { invoke: narrow.call } ]\nresponse: { body: $.word }\n',
  // Milliseconds of computing, so that three times what it can do is a rate that one client can send.
  'routes/dear.yaml':
    'match: GET /dear\ndo: [ { invoke: plain.list } ]\nresponse: { body: "${ size(list.filter(x, !list.exists(y, y.n * 2 == x.n + 10000))) }" }\n',
}

/** Three times of what fits: once a backend with few places, once the process itself. */
export const overload: GatewayPromise = {
  name: 'overload',
  promised: `at ${times}× capacity goodput ≥ ${leastPercent} % of peak, a shed request is answered < ${shedMs} ms`,
  async look(scene) {
    const list = Buffer.from(JSON.stringify(Array.from({ length: items }, (_, n) => ({ n, name: 'tea' }))))
    const narrow = await startBackend(scene, answerAfter(backendMs))
    const listing = await startBackend(scene, (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': list.length }).end(list)
    })
    const env = { NARROW_URL: narrow.url, LIST_URL: listing.url }
    const gateway = await startGateway(scene, { config: writeProject(scene, project).config, env })
    return [
      ...(await lookAtOverload(scene, gateway, `a bulkhead of ${places}`, '/narrow')),
      ...(await lookAtOverload(scene, gateway, 'the process itself', '/dear')),
    ]
  },
}

async function lookAtOverload(scene: Scene, gateway: Gateway, what: string, path: string): Promise<Sight[]> {
  const seconds = scene.pick(5, 15)
  const target = { url: gateway.url + path, headers: {} }
  const peak = await measurePeak(target, places, scene.pick(3, 8))
  const tellDisturbance = watchMachine()
  const exchanges = await load(gateway.port, path, { perSecond: Math.round(times * peak), seconds })
  const lateMs = p99OfClient(exchanges)
  const lateness = lateMs > clientLateMs ? `the client itself sent late (p99 ${lateMs.toFixed(0)} ms)` : undefined
  const disturbance = tellDisturbance() ?? lateness
  const peakAfter = await measurePeak(target, places, scene.pick(3, 8))
  const isGood = (exchange: Exchange) => statusOf(exchange) === 200 && exchange.totalMs <= inTimeMs
  const good = exchanges.filter(isGood).length / seconds
  // Who is not served in time has to hear so at once; who waits in vain was not shed, but forgotten.
  const others = exchanges.filter((exchange) => !isGood(exchange))
  const percent = (100 * good) / peak
  const goodput = seeThat(
    `${what}: goodput at ${times}× of ${peak.toFixed(0)}/s`,
    percent >= leastPercent,
    `${percent.toFixed(0)} % of peak`,
    `≥ ${leastPercent} %`,
  )
  const growth = peakAfter > peakGrowth * peak ? `the peak was ${peakAfter.toFixed(0)}/s afterwards` : undefined
  const doubt = growth ?? (goodput.verdict === 'broken' ? disturbance : undefined)
  return [
    doubt === undefined ? goodput : { ...goodput, verdict: 'not judged', why: doubt },
    seeTimeAtMost(`${what}: p99 of ${others.length} not served in time`, p99(others), shedMs, disturbance),
    tell(
      `${what}: answers`,
      `${countStatuses(exchanges)}; ${Math.round(good)}/s within ${inTimeMs} ms; the client sent ${lateMs.toFixed(1)} ms late (p99)`,
    ),
  ]
}
