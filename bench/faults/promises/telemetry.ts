import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { startSpanSink } from '../../harness/span-sink.ts'
import type { GatewayPromise } from '../promise.ts'
import { answerAfter, startBackend } from '../scene/backend.ts'
import { startGateway, writeProject } from '../scene/gateway.ts'
import { findTroubles, load, p99 } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import type { Scene } from '../scene/scene.ts'
import { compareInTurns, seeChangeAtMost } from '../scene/turns.ts'
import { seeNone, seeThat } from '../sights.ts'

const movedPercent = 5
const backendMs = 20

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/well.yaml': `service: well\nendpoints: ["\${env.WELL_URL}"]\noperations: { call: { get: /, out: { word: $ } } }\n`,
  'routes/well.yaml': 'match: GET /well\ndo: [ { invoke: well.call } ]\nresponse: { body: $.word }\n',
  'gateway.yaml': 'routes: ./routes\ntelemetry: { sampling: 100% }\n',
}

/** Two gateways that trace every request: the collector of one takes spans, that of the other takes connections and is silent. */
export const telemetry: GatewayPromise = {
  name: 'telemetry',
  promised: `a black-holed collector costs 0 failures and < ${movedPercent} % of p99`,
  async look(scene) {
    const backend = await startBackend(scene, answerAfter(backendMs))
    const sink = await startSpanSink()
    scene.whenDone(sink.stop)
    const hole = await startBlackHole(scene)
    const start = (collector: string) => {
      const { config } = writeProject(scene, project)
      const env = { WELL_URL: backend.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_BSP_SCHEDULE_DELAY: '500' }
      return startGateway(scene, { config, env })
    }
    const [listening, silent] = [await start(sink.url), await start(hole.url)]
    const troubles: string[] = []
    let requests = 0
    const measure = async (port: number) => {
      const exchanges = await load(port, '/well', { perSecond: 300, seconds: scene.pick(3, 8) })
      troubles.push(...findTroubles(exchanges))
      requests += exchanges.length
      return p99(exchanges)
    }
    for (const { port } of [listening, silent]) await measure(port)
    const tellDisturbance = watchMachine()
    const change = await compareInTurns(scene.pick(3, 7), {
      without: () => measure(listening.port),
      with: () => measure(silent.port),
    })
    const collectors = `${sink.received.exports} exports taken, ${hole.connections()} connections swallowed`
    return [
      seeThat('both collectors were called', sink.received.exports > 0 && hole.connections() > 0, collectors),
      seeNone('failures', troubles, requests),
      seeChangeAtMost(`p99 with a backend of ${backendMs} ms`, change, movedPercent, tellDisturbance()),
    ]
  },
}

/** Takes connections, reads nothing of them, answers nothing. */
async function startBlackHole(scene: Scene): Promise<{ url: string; connections: () => number }> {
  let connections = 0
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    connections++
    socket.on('error', () => {})
    scene.whenDone(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scene.whenDone(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
}
