import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDemoBackends } from '../../../demo/backends.ts'
import { type Conversation, converse } from '../../../test/support/conversation.ts'
import { groups, targets } from '../../../test/support/hostile-requests.ts'
import { place } from '../../life/processes.ts'
import { hostileAnswers } from '../corpus/answers.ts'
import { hostileFiles } from '../corpus/files.ts'
import type { GatewayPromise, Sight } from '../promise.ts'
import { startRawBackend } from '../scene/backend.ts'
import { type Gateway, startGateway, writeProject } from '../scene/gateway.ts'
import { ask, type Reply } from '../scene/load.ts'
import { pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeNone, seeThat, tell } from '../sights.ts'

const atOnce = 12
const reloadWithinMs = 10_000
/** After a file that kept the process busy, requests may be shed for a moment. */
const settleMs = 1_000

/** Bad bytes of clients, of backends and in files; each corpus to one process that must come through all of it. */
export const queryOfDeath: GatewayPromise = {
  name: 'query-of-death',
  promised: 'the same pid after every bad input',
  async look(scene) {
    const demo = await startDemoBackends({ portBase: 0, env: { DEMO_LATENCY: '0' } })
    scene.whenDone(demo.stop)
    const root = mkdtempSync(join(tmpdir(), 'tessera-faults-'))
    scene.whenDone(() => rmSync(root, { recursive: true, force: true }))
    for (const name of ['config', 'routes']) cpSync(place(name), join(root, name), { recursive: true })
    const config = join(root, 'config/gateway.yaml')
    const gateway = await startGateway(scene, { config, env: { ...demo.env } })
    return [
      await sendRequests(scene, gateway),
      ...(await writeFiles(gateway, root)),
      await lookAtSurvivor('after requests and files', gateway, '/mobile/home'),
      ...(await meetAnswers(scene)),
    ]
  },
}

async function sendRequests({ pick }: Scene, gateway: Gateway): Promise<Sight> {
  const inputs = groups.flatMap(([, variants]) =>
    targets.flatMap((target) => variants.map(([what, write]) => ({ what, bytes: write(target) }))),
  )
  const chosen = inputs.filter((_, index) => index % pick(5, 1) === 0)
  const faults: string[] = []
  let next = 0
  const work = async () => {
    for (let input = chosen[next++]; input; input = chosen[next++]) {
      const isHead = input.bytes.subarray(0, 4).toString() === 'HEAD'
      const fault = await converse(gateway.port, input.bytes, isHead).then(findFault, String)
      if (fault !== undefined || gateway.hasEnded()) faults.push(`${input.what}: ${fault ?? 'the process has ended'}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return seeNone('bad requests that hung, were cut or ended the process', faults, chosen.length)
}

function findFault({ rest, end }: Conversation): string | undefined {
  if (end === 'hung') return 'it hangs'
  return end === 'closed' && rest.length > 0 ? `cut: ${rest.toString('latin1', 0, 80)}` : undefined
}

/** Each bad file stands beside the good ones, is reloaded, and is gone again. */
async function writeFiles({ adminUrl, url, hasEnded }: Gateway, root: string): Promise<Sight[]> {
  const faults: string[] = []
  let refusedAtFirst = 0
  const cases = Object.entries(hostileFiles).flatMap(([what, text]) =>
    ['routes/bad.yaml', 'config/services/bad.yaml'].map((file) => ({ what: `${what} in ${file}`, file, text })),
  )
  for (const { what, file, text } of cases) {
    writeFileSync(join(root, file), text)
    const reload = await ask(`${adminUrl}/-/reload`, { method: 'POST', timeoutMs: reloadWithinMs }).catch(String)
    const isAnswered = typeof reload !== 'string' && (reload.status === 200 || reload.status === 422)
    const isServed = await ask(`${url}/mobile/home`).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (!isServed) refusedAtFirst++
    if (!isServed) await pause(settleMs)
    const page = await ask(`${url}/mobile/home`).catch(String)
    const serves = typeof page !== 'string' && page.status === 200
    const tellFault = () => (isAnswered ? `then ${describe(page)}` : `the reload: ${describe(reload)}`)
    if (hasEnded() || !isAnswered || !serves) {
      faults.push(`${what}: ${hasEnded() ? 'the process has ended' : tellFault()}`)
    }
    rmSync(join(root, file))
  }
  return [
    seeNone('bad files that ended, hung or changed it', faults, cases.length),
    tell('pages refused right behind a bad file, and answered later', `${refusedAtFirst} of ${cases.length}`),
  ]
}

const bad = {
  'dictionary.yaml': 'colors: { word: {} }\n',
  'services/bad.yaml': `service: bad\nendpoints: ["\${env.BAD_URL}"]\ntimeout: 500ms\noperations: { call: { get: /, out: { word: $ } } }\n`,
  'routes/call.yaml': 'match: GET /call\ndo: [ { invoke: bad.call } ]\nresponse: { body: $.word }\n',
  'routes/passed.yaml': 'match: ANY /passed/*rest\nproxy: bad\n',
}

/** Bad answers, to a route that reads them and to one that passes them on; a good one must come through after each. */
async function meetAnswers(scene: Scene): Promise<Sight[]> {
  const good = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
  let bytes: string | Buffer | undefined
  const backend = await startRawBackend(scene, (_head, socket) => {
    if (bytes === undefined) socket.write(good)
    else socket.end(bytes)
  })
  const gateway = await startGateway(scene, { config: writeProject(scene, bad).config, env: { BAD_URL: backend.url } })
  const faults: string[] = []
  const cases = Object.entries(hostileAnswers).flatMap(([what, text]) =>
    ['/call', '/passed/x'].map((path) => ({ what: `${what} at ${path}`, path, text })),
  )
  for (const { what, path, text } of cases) {
    bytes = text
    await ask(gateway.url + path, { timeoutMs: 3_000 }).catch(() => {})
    bytes = undefined
    const after = await ask(gateway.url + path, { timeoutMs: 3_000 }).catch(String)
    if (gateway.hasEnded()) {
      faults.push(`${what}: the process has ended: ${gateway.complaints().slice(-200)}`)
      break
    }
    if (typeof after === 'string' || after.status !== 200) faults.push(`${what}: then ${describe(after)}`)
  }
  return [
    seeNone('bad answers that ended the process, or spoilt the next one', faults, cases.length),
    await lookAtSurvivor('after bad answers', gateway, '/call'),
  ]
}

const describe = (reply: Reply | string) => (typeof reply === 'string' ? reply : `${reply.status} ${reply.body}`)

async function lookAtSurvivor(when: string, { pid, url, hasEnded }: Gateway, path: string): Promise<Sight> {
  const answer = await ask(url + path).catch(String)
  const lives = !hasEnded() && typeof answer !== 'string' && answer.status === 200
  const fault = hasEnded() ? 'is gone' : `still ${pid}, but ${describe(answer).slice(0, 200)}`
  return seeThat(`the process ${when}`, lives, lives ? `still ${pid}, answers` : fault)
}
