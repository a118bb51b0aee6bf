import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { GatewayPromise } from '../promise.ts'
import { answerAfter, startBackend } from '../scene/backend.ts'
import type { CrowdOptions, CrowdReport } from '../scene/crowd.ts'
import { startGateway, writeProject } from '../scene/gateway.ts'
import { findTroubles, load, p99 } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeNone, seeThat, seeTimeAtMost, tell } from '../sights.ts'

const othersMs = 200
const cutMs = 15_000
/** Beside the connections, a process has files and its own sockets. */
const spareDescriptors = 1_000

const project = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/well.yaml': `service: well\nendpoints: ["\${env.WELL_URL}"]\noperations: { call: { get: /, out: { word: $ } } }\n`,
  'routes/well.yaml': 'match: GET /well\ndo: [ { invoke: well.call } ]\nresponse: { body: $.word }\n',
  'routes/send.yaml': 'match: POST /send\nin: { word: $ }\ndo: []\nresponse: { body: $.word }\n',
}

/** Clients that begin and never end: nothing, half a head, a head drop by drop, half a body; others are served meanwhile. */
export const slowClients: GatewayPromise = {
  name: 'slow-clients',
  promised: `10k half-open connections: p99 of others < ${othersMs} ms, all cut ≤ ${cutMs / 1000} s`,
  async look(scene) {
    const backend = await startBackend(scene, answerAfter(5))
    const { config } = writeProject(scene, project)
    const gateway = await startGateway(scene, { config, env: { WELL_URL: backend.url } })
    await load(gateway.port, '/well', { perSecond: 200, seconds: 2 })
    const wanted = scene.pick(2_000, 10_000)
    const connections = Math.min(wanted, readDescriptorLimit() - spareDescriptors)
    const tellDisturbance = watchMachine()
    const crowd = gather(scene, { port: gateway.port, connections, waitMs: cutMs + 5_000 })
    const open = await crowd.opened
    const exchanges = await load(gateway.port, '/well', { perSecond: 100, seconds: scene.pick(5, 8) })
    const disturbance = tellDisturbance()
    const { left, lastCutAfterMs, failed } = await crowd.report
    await pause(500)
    return [
      seeThat('half-open connections', open >= wanted * 0.99, `${open}, ${failed} failed`, `${wanted}`),
      seeTimeAtMost('p99 of others meanwhile', p99(exchanges), othersMs, disturbance),
      seeNone('failures of others', findTroubles(exchanges), exchanges.length),
      seeThat('not cut', left === 0, `${left} of ${open}`, '0'),
      seeTimeAtMost('the last one cut after', lastCutAfterMs / 1000, cutMs / 1000, disturbance, 's', 1),
      tell('then', `the gateway ${gateway.hasEnded() ? 'has ended' : 'is up'}`),
    ]
  },
}

/** How many files a process may have open: ours, which the gateway and the crowd inherit. */
function readDescriptorLimit(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits: { open_files: { soft: number | 'unlimited' } }
  }
  return Number(userLimits.open_files.soft) || Number.MAX_SAFE_INTEGER
}

function gather(scene: Scene, options: CrowdOptions): { opened: Promise<number>; report: Promise<CrowdReport> } {
  const child: ChildProcess = fork(fileURLToPath(new URL('../scene/crowd.ts', import.meta.url)), [
    JSON.stringify(options),
  ])
  scene.whenDone(() => void child.kill('SIGKILL'))
  const opened = once(child, 'message').then(([count]) => count as number)
  const report = opened.then(() => once(child, 'message')).then(([told]) => told as CrowdReport)
  return { opened, report }
}
