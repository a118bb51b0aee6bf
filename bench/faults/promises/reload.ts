import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Client } from '../../life/client.ts'
import { type Exchange, startConstantRate } from '../../life/constant-rate.ts'
import { markedServices } from '../../life/marks.ts'
import { findFailure } from '../../life/page-check.ts'
import { type Holdings, probeArgs, readHoldings } from '../../life/probe.ts'
import { homeHeaders, homePath, startMarkingBackends } from '../../life/processes.ts'
import { createVersionedProject, readVersions, type VersionedProject } from '../../life/versions.ts'
import type { GatewayPromise, Sight } from '../promise.ts'
import { type Gateway, startGateway } from '../scene/gateway.ts'
import { pause } from '../scene/pause.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone, seeThat } from '../sights.ts'

/** The early reloads still fill the compiler's caches. */
const settleReloads = 20
const betweenMs = 40
const restMs = 2_000
const growthPercent = 5

/** Reloads of a changed project under constant load; bench/life/reloads.ts says how long one takes. */
export const reload: GatewayPromise = {
  name: 'reload',
  promised:
    '100 reloads at 500 req/s: 0 failed, 0 answers of mixed configuration; a bad file keeps the running one; heap, timers and sockets back to ±5 %',
  async look(scene) {
    const backends = await startMarkingBackends()
    scene.whenDone(backends.stop)
    const project = createVersionedProject()
    scene.whenDone(project.remove)
    project.write(0)
    const gateway = await startGateway(scene, { config: project.config, env: backends.urls, nodeArgs: probeArgs })
    return reloadUnderLoad(scene, gateway, project)
  },
}

async function reloadUnderLoad(scene: Scene, gateway: Gateway, project: VersionedProject): Promise<Sight[]> {
  const count = scene.pick(20, 100)
  const failures: string[] = []
  const mixed: string[] = []
  let requests = 0
  const note = (exchange: Exchange) => {
    requests++
    const failure = findFailure(exchange)
    if (failure !== undefined) return void failures.push(failure)
    const versions = readVersions(JSON.parse(exchange.answer!.body.toString()))
    const isDegraded = /\r\ntessera-degraded:/i.test(exchange.answer!.head)
    const isWhole = versions.length === markedServices.length + 1 || isDegraded
    if (!isWhole || new Set(versions).size > 1) mixed.push(versions.join(' '))
  }
  /** Gives what ends it and closes its connections. */
  const runLoad = () => {
    const client = new Client(gateway.port, homePath, homeHeaders)
    const rate = { perSecond: scene.pick(200, 500), seconds: 600 }
    const load = startConstantRate(rate, (taker) => client.send(taker), note)
    return () => load.stop().then(() => client.close())
  }
  // The load rests where the holdings are read, so that they are the gateway's and not of requests under way.
  const endFirst = runLoad()
  for (let version = 1; version <= settleReloads; version++) await reloadTo(gateway, project, version)
  await endFirst()
  await pause(restMs)
  const before = await readHoldings(gateway)
  const endSecond = runLoad()
  for (let done = 1; done <= count; done++) await reloadTo(gateway, project, settleReloads + done)
  const badFile = await lookAtBadFile(gateway, project, settleReloads + count)
  await endSecond()
  await pause(restMs)
  const after = await readHoldings(gateway)
  return [
    seeNone(`requests that failed during ${count} reloads`, failures, requests),
    seeNone('answers of mixed configuration', mixed, requests),
    badFile,
    ...compareHoldings(before, after),
  ]
}

async function reloadTo({ adminUrl }: Gateway, project: VersionedProject, version: number): Promise<void> {
  project.write(version)
  const response = await fetch(`${adminUrl}/-/reload`, { method: 'POST' })
  const result = (await response.json()) as { ok: boolean; diagnostics: unknown }
  if (!result.ok) throw new Error(`version ${version} was refused: ${JSON.stringify(result.diagnostics)}`)
  await pause(betweenMs)
}

/** A bad file is refused, and the version before it goes on answering. */
async function lookAtBadFile({ adminUrl, port }: Gateway, project: VersionedProject, version: number): Promise<Sight> {
  writeFileSync(join(dirname(project.config), 'routes/home.yaml'), 'match: GET /mobile/home\ndo: [ { invoke: no.such')
  const refused = await fetch(`${adminUrl}/-/reload`, { method: 'POST' })
  await refused.arrayBuffer()
  const answer = await fetch(`http://127.0.0.1:${port}${homePath}`, { headers: homeHeaders })
  const versions = new Set(readVersions(await answer.json()))
  project.write(version)
  await fetch(`${adminUrl}/-/reload`, { method: 'POST' })
  const isKept = refused.status === 422 && answer.status === 200 && versions.size === 1 && versions.has(version)
  return seeThat('a bad file', isKept, `reload ${refused.status}, then version ${[...versions]} of ${version} answers`)
}

function compareHoldings(before: Holdings, after: Holdings): Sight[] {
  const grown = (key: 'heapBytes' | 'handles' | 'sockets') => (100 * (after[key] - before[key])) / before[key]
  const heap = `heap, ${toMb(before.heapBytes)} → ${toMb(after.heapBytes)} MB: grown by`
  const handles = `timers and other handles, ${before.handles} → ${after.handles}: grown by`
  return [
    seeAtMost(heap, grown('heapBytes'), growthPercent, '%', 1),
    seeAtMost(handles, grown('handles'), growthPercent, '%', 1),
    seeAtMost(`sockets, ${before.sockets} → ${after.sockets}: grown by`, grown('sockets'), growthPercent, '%', 1),
  ]
}

const toMb = (bytes: number) => (bytes / 1024 ** 2).toFixed(1)
