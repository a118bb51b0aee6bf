import { readdirSync } from 'node:fs'
import { startFuzzBackend } from '../fuzz/backend.ts'
import { type Innocence, sendMutated, stayInnocent } from '../fuzz/clients.ts'
import type { GatewayPromise } from '../promise.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { readMemoryMb } from '../scene/lag.ts'
import { ask } from '../scene/load.ts'
import { pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone, seeThat, tell } from '../sights.ts'

const atOnce = 64
const innocents = 8
const mostTold = 20
/** Longer than any connection is kept that nobody uses. */
const restMs = 7_000

const project = {
  'dictionary.yaml': 'colors: { word: {}, sent: {} }\n',
  'services/odd.yaml': `service: odd
endpoints: ["\${env.ODD_URL}"]
timeout: 300ms
operations:
  call: { get: '/call/{word}', out: { sent: $.word } }
  send: { post: '/send/{word}', body: { word: $.word }, out: { sent: $.word } }
`,
  'routes/call.yaml':
    'match: GET /call/{way}\nin: { word: path.way }\ndo: [ { invoke: odd.call } ]\nresponse: { body: $.sent }\n',
  'routes/send.yaml':
    'match: POST /send/{way}\nin: { word: path.way }\ndo: [ { invoke: odd.send } ]\nresponse: { body: $.sent }\n',
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: odd\n',
}

/** What ends the process is told: its log goes nowhere here. */
const tellDeath = `process.on('uncaughtExceptionMonitor', (error) => console.error(error.stack))`
const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(tellDeath)}`]

/** Requests and answers that are mutated by chance, between clients that do no wrong. */
export const fuzz: GatewayPromise = {
  name: 'fuzz',
  promised: 'mutated requests and answers: the same pid, no answer to the wrong client, no connection reused too early',
  async look(scene) {
    const seed = scene.seed
    scene.tell(`replay: npm run faults -- --only fuzz --seed ${seed}`)
    const faults: string[] = []
    const kinds = new Map<string, number>()
    const tellFault = (fault: string) => {
      faults.push(fault)
      const kind = kindOf(fault)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      if (kinds.get(kind) === 1 && kinds.size <= mostTold) scene.tell(`seed ${seed}: ${fault}`)
    }
    const url = await startFuzzBackend(scene, seed, tellFault)
    const gateway = await startGateway(scene, {
      config: writeProject(scene, project).config,
      env: { ODD_URL: url },
      nodeArgs,
    })
    const innocence: Innocence = { asked: 0, refused: 0 }
    const numbers = { next: 0 }
    let isOver = false
    const over = () => isOver || gateway.hasEnded()
    const bystanders = Array.from({ length: innocents }, () =>
      stayInnocent(gateway.port, numbers, innocence, over, tellFault),
    )
    const warm = scene.pick(1_000, 10_000)
    await exchange(scene, gateway, seed, 0, warm, tellFault)
    const before = gateway.hasEnded() ? undefined : look(gateway)
    const sent = warm + (await exchange(scene, gateway, seed, warm, scene.pick(5_000, 100_000), tellFault))
    isOver = true
    await Promise.all(bystanders)
    await pause(restMs)
    const lives =
      !gateway.hasEnded() &&
      (await ask(`${gateway.url}/call/ni9999999z`).then(
        ({ status }) => status === 200,
        () => false,
      ))
    const after = gateway.hasEnded() ? undefined : look(gateway)
    return [
      seeThat(
        'the process',
        lives,
        lives ? `still ${gateway.pid}, answers` : `is gone or silent: ${gateway.complaints().slice(-900)}`,
      ),
      seeThat('exchanges', sent >= scene.pick(5_000, 100_000), `${sent} mutated, ${innocence.asked} innocent`),
      seeNone(
        'answers to the wrong client',
        faults.filter((fault) => !fault.startsWith('at a backend')),
        sent + innocence.asked,
      ),
      seeNone(
        'connections reused too early, or requests taken for others',
        faults.filter((fault) => fault.startsWith('at a backend')),
        sent,
      ),
      seeAtMost('open files more than before', (after?.files ?? Number.NaN) - (before?.files ?? 0), 20, ''),
      seeAtMost('memory more than before', (after?.memoryMb ?? Number.NaN) - (before?.memoryMb ?? 0), 64, 'MiB'),
      tell('kinds of faults', [...kinds].map(([kind, count]) => `${count} × ${kind}`).join('; ') || 'none'),
      tell('innocents refused', `${innocence.refused} of ${innocence.asked}`),
    ]
  },
}

/** The first line of a fault, whoever it happened to. */
const kindOf = (fault: string) =>
  fault
    .split('\n', 1)[0]!
    .replace(/(, for) [A-Z]+/, '$1')
    .replace(/ HTTP.1.1|exchange \d+|n[mi]\d{7}z/g, '')
    .slice(0, 120)

/** Some of the mutated exchanges; gives how many there were. */
async function exchange(
  { without }: Scene,
  gateway: Gateway,
  seed: number,
  from: number,
  to: number,
  tellFault: (fault: string) => void,
): Promise<number> {
  let next = from
  const work = async () => {
    while (next < to && !gateway.hasEnded()) {
      const fault = await sendMutated(gateway.port, seed, next++, without)
      if (fault !== undefined) tellFault(fault)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return next - from
}

const look = (gateway: Gateway) => ({
  files: readdirSync(`/proc/${gateway.pid}/fd`).length,
  memoryMb: readMemoryMb(gateway).nowMb,
})
