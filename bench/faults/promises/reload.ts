import { Client } from '../../life/client.ts'
import { type Exchange, startConstantRate } from '../../life/constant-rate.ts'
import { markedServices } from '../../life/marks.ts'
import { findFailure } from '../../life/page-check.ts'
import { type Holdings, probeArgs, readHoldings } from '../../life/probe.ts'
import { homeHeaders, homePath, startMarkingBackends } from '../../life/processes.ts'
import { createVersionedProject, readVersions, type VersionedProject } from '../../life/versions.ts'
import type { GatewayPromise, Sight } from '../promise.ts'
import { type Gateway, startGateway } from '../scene/gateway.ts'
import { ask } from '../scene/load.ts'
import { watchMachine } from '../scene/machine.ts'
import { pause } from '../scene/pause.ts'
import { measurePeak } from '../scene/peak.ts'
import type { Scene } from '../scene/scene.ts'
import { seeAtMost, seeNone, seeThat, tell } from '../sights.ts'

/** A slower machine is asked half of what it can answer: what it cannot do without a reload says nothing of one. */
const mostPerSecond = 500
const peakShare = 0.5
const clients = 16
const betweenMs = 40
/** Longer than a connection is kept that nobody needs. */
const restMs = 6_000
const growthPercent = 5

/** Reloads of a changed project under constant load; bench/life/reloads.ts says how long one takes. */
export const reload: GatewayPromise = {
  name: 'reload',
  promised:
    '200 reloads at 500 req/s: 0 failed, 0 answers of mixed configuration; a bad file keeps the running one; heap, timers and sockets back to ±5 %',
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
  const shed: string[] = []
  let requests = 0
  const note = (exchange: Exchange) => {
    requests++
    const failure = findFailure(exchange)
    if (failure !== undefined) return void (/"code":"overloaded"/.test(failure) ? shed : failures).push(failure)
    const versions = readVersions(JSON.parse(exchange.answer!.body.toString()))
    const isDegraded = /\r\ntessera-degraded:/i.test(exchange.answer!.head)
    const isWhole = versions.length === markedServices.length + 1 || isDegraded
    if (!isWhole || new Set(versions).size > 1) mixed.push(versions.join(' '))
  }
  const peak = await measurePeak({ url: gateway.url + homePath, headers: homeHeaders }, clients, scene.pick(3, 8))
  const perSecond = Math.min(scene.pick(200, mostPerSecond), Math.floor(peakShare * peak))
  /** Gives what ends it and closes its connections. */
  const runLoad = () => {
    const client = new Client(gateway.port, homePath, homeHeaders)
    const load = startConstantRate({ perSecond, seconds: 600 }, (taker) => client.send(taker), note)
    return () => load.stop().then(() => client.close())
  }
  // The load rests where the holdings are read, so that they are the gateway's and not of requests under way.
  const reloadOften = async (last: number) => {
    const endLoad = runLoad()
    for (let version = last - count + 1; version <= last; version++) await reloadTo(gateway, project, version)
    const badFile = await lookAtBadFile(gateway, project, last)
    await endLoad()
    await pause(restMs)
    return { badFile, holdings: await readHoldings(gateway) }
  }
  const tellDisturbance = watchMachine()
  // What is loaded and compiled once is there after the first half; what is kept for each reload is there twice after both.
  const { holdings: before } = await reloadOften(count)
  const { holdings: after, badFile } = await reloadOften(2 * count)
  const disturbance = tellDisturbance()
  const lost = seeNone(`requests shed during ${2 * count} reloads`, shed, requests)
  return [
    tell('load', `${perSecond} req/s, where ${Math.round(peak)} are the most that ${clients} clients get`),
    seeNone(`requests that failed during ${2 * count} reloads, but for those shed`, failures, requests),
    lost.verdict === 'broken' && disturbance !== undefined
      ? { ...lost, verdict: 'not judged', why: disturbance }
      : lost,
    seeNone('answers of mixed configuration', mixed, requests),
    badFile,
    ...compareHoldings(before, after),
  ]
}

async function reloadTo({ adminUrl }: Gateway, project: VersionedProject, version: number): Promise<void> {
  project.write(version)
  const { body } = await ask(`${adminUrl}/-/reload`, { method: 'POST' })
  const result = JSON.parse(body.toString()) as { ok: boolean; diagnostics: unknown }
  if (!result.ok) throw new Error(`version ${version} was refused: ${JSON.stringify(result.diagnostics)}`)
  await pause(betweenMs)
}

/** A route of the next version names what no other file knows: it is refused, and the version before goes on answering. */
async function lookAtBadFile(gateway: Gateway, project: VersionedProject, version: number): Promise<Sight> {
  const { adminUrl, url } = gateway
  project.write(version + 1, ['routes/home.yaml'])
  const refused = await ask(`${adminUrl}/-/reload`, { method: 'POST' })
  const answer = await ask(url + homePath, { headers: homeHeaders })
  const versions = new Set(readVersions(JSON.parse(answer.body.toString())))
  await reloadTo(gateway, project, version)
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
