import type { GatewayPromise, Sight } from '../promise.ts'
import { Fleet } from '../scene/fleet.ts'
import { type Gateway, gatewayText, startGateway, writeProject } from '../scene/gateway.ts'
import { watchMachine } from '../scene/machine.ts'
import { holdsWithin, pause } from '../scene/pause.ts'
import { startReadsAndWrites } from '../scene/reads-and-writes.ts'
import { gatewayId, type Registry, startRegistry, ttlMs } from '../scene/registry.ts'
import type { Scene } from '../scene/scene.ts'
import { seeThat, seeTimeAtMost, tell } from '../sights.ts'
import { judgeFailures } from './discovery-failures.ts'

const perSecond = 500
/** So many that not half of them die while the registry is away and nobody can tell: then calls would go to all. */
const endpoints = 8
/** A drained endpoint serves on, and the lease of a killed one goes on, for some seconds. */
const forgottenAfterMs = 15_000

/** A client is told nothing of the inside; here he is who looks at it. */
const tellsCause =
  "catch: [ { errors: [all], do: [ { throw: { error: failed, status: 502, title: '${ error.code }', detail: $.error.detail } } ] } ]\n"

const files = (registry: Registry) => ({
  // Processes that start take much of a machine: whether the gateway sheds meanwhile is not what is looked at.
  'gateway.yaml': gatewayText(`register: ${registry.register}\noverload: false\n`),
  'dictionary.yaml': 'colors: { word: {}, done: {} }\n',
  'services/words.yaml': `service: words
discover: ${registry.discover}
timeout: 2s
outlier: {}
failover: fast-retry
operations:
  read: { get: /read, out: { word: $ } }
  write: { post: /write, out: { done: $ } }
`,
  'routes/read.yaml': `match: GET /read\ntimeout: 5s\ndo: [ { invoke: words.read } ]\nresponse: { body: $.word }\n${tellsCause}`,
  'routes/write.yaml': `match: POST /write\ntimeout: 5s\ndo: [ { invoke: words.write } ]\nresponse: { body: $.done }\n${tellsCause}`,
})

/** Endpoints that come and go under load, and a registry that is killed: it comes back as it was, then empty, twice. */
export const discovery: GatewayPromise = {
  name: 'discovery',
  promised: `the registry killed and restarted, endpoints joining and leaving at ${perSecond} req/s: 0 failed requests beyond those in flight on a killed endpoint, and those retried`,
  async look(scene) {
    const registry = await startRegistry(scene)
    const fleet = new Fleet(scene, registry)
    await Promise.all(Array.from({ length: endpoints }, () => fleet.join()))
    const gateway = await startGateway(scene, { config: writeProject(scene, files(registry)).config })
    if (!(await holdsWithin(async () => (await readUrls(gateway)).length === endpoints, 10_000)))
      throw new Error('the gateway does not find its endpoints')
    return [
      tell('the registry', registry.title),
      ...(await lookAtChange(scene, registry, fleet, gateway)),
      tell('tries on another endpoint', String(await readFailovers(gateway))),
    ]
  },
}

async function lookAtChange(scene: Scene, registry: Registry, fleet: Fleet, gateway: Gateway): Promise<Sight[]> {
  const tellDisturbance = watchMachine()
  const load = startReadsAndWrites(gateway, perSecond)
  const changing = fleet.changeAllTheTime()
  const changeMs = scene.pick(4_000, 10_000)
  await pause(changeMs)
  const withData = await lookAtOutage(scene, registry, gateway, true)
  await pause(changeMs)
  const withoutData = await lookAtOutage(scene, registry, gateway, false)
  await pause(changeMs)
  fleet.endChange()
  await changing
  const rest = await lookForLeftOver(gateway)
  await lookAtOutage(scene, registry, gateway, false)
  const fewest = await readFewest(gateway, 2 * ttlMs)
  await load.stop()
  return [
    ...judgeFailures(load.failures, fleet.kills, load.ended(), tellDisturbance()),
    tell('endpoints', `${fleet.joined} joined, ${fleet.drained} drained, ${fleet.kills.length} killed`),
    ...withData,
    ...withoutData,
    rest,
    seeThat(
      'in use while an empty registry is filled again',
      fewest >= endpoints,
      `${fewest} or more`,
      `all ${endpoints}`,
    ),
  ]
}

/** Kills the registry and starts it again; when the gateway is registered again, and hears of endpoints. */
async function lookAtOutage(
  scene: Scene,
  registry: Registry,
  gateway: Gateway,
  knowsAll: boolean,
): Promise<readonly Sight[]> {
  const which = knowsAll ? 'with its data' : 'without its data'
  scene.tell(`the registry is killed, and comes back ${which}`)
  await registry.kill()
  await pause(scene.pick(2_000, 5_000))
  await registry.startAgain(knowsAll)
  const backAt = performance.now()
  const tellDisturbance = watchMachine()
  const isRegistered = await holdsWithin(() => registry.knows(gatewayId), 30_000)
  const registeredMs = isRegistered ? performance.now() - backAt : Number.POSITIVE_INFINITY
  const isFollowed = await holdsWithin(() => isDiscoveryUp(gateway), 30_000)
  const followedMs = isFollowed ? performance.now() - backAt : Number.POSITIVE_INFINITY
  return [
    seeTimeAtMost(`back ${which}: until the gateway is registered`, registeredMs, ttlMs, tellDisturbance()),
    tell(`back ${which}: until the gateway follows it`, `${Math.round(followedMs)} ms`),
  ]
}

async function lookForLeftOver(gateway: Gateway): Promise<Sight> {
  const startedAt = performance.now()
  const isClean = await holdsWithin(async () => (await readUrls(gateway)).length === endpoints, forgottenAfterMs)
  const used = (await readUrls(gateway)).length
  const seen = isClean ? `${Math.round(performance.now() - startedAt)} ms` : `${used} are in use`
  return seeThat('until those in use are those that are there', isClean, seen, `≤ ${forgottenAfterMs} ms`)
}

async function readFewest(gateway: Gateway, withinMs: number): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (const end = performance.now() + withinMs; performance.now() < end; await pause(50)) {
    fewest = Math.min(fewest, (await readUrls(gateway)).length)
  }
  return fewest
}

async function readUrls({ adminUrl }: Gateway): Promise<readonly string[]> {
  const told = (await (await fetch(`${adminUrl}/-/endpoints`)).json()) as {
    services: { endpoints: { url: string }[] }[]
  }
  return told.services.flatMap((service) => service.endpoints.map(({ url }) => url))
}

async function isDiscoveryUp({ adminUrl }: Gateway): Promise<boolean> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  return /^tessera_discovery_up\{.*\} 1$/m.test(text)
}

async function readFailovers({ adminUrl }: Gateway): Promise<number> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text()
  return Number(/^tessera_failover_total\{.*\} (\d+)$/m.exec(text)?.[1] ?? 0)
}
