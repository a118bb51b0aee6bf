import { askAsManyUsers } from '../../../test/support/many-users.ts'
import { answersAll, manyUsersFiles } from '../../../test/support/many-users-world.ts'
import { hasRedis, TestRedis } from '../../../test/support/redis.ts'
import { startChild } from '../../harness/child.ts'
import { findFreePorts, waitFor } from '../../harness/ports.ts'
import { place } from '../../life/processes.ts'
import type { Sight } from '../promise.ts'
import { type Gateway, gatewayText, startGateway, writeProject } from '../scene/gateway.ts'
import { KeptConnection } from '../scene/kept-connection.ts'
import type { Scene } from '../scene/scene.ts'
import { seeNone, seeThat, tell } from '../sights.ts'
import { readFeatures } from './many-users-features.ts'

const users = 1_000
const connections = 64

/**
 * Mixed requests of a thousand users, looking for one another's answers: half of them to a gateway that keeps answers
 * in its memory, half to one that keeps them in Redis.
 */
export async function lookAtManyUsers(scene: Scene): Promise<Sight[]> {
  const backend = await startBackend(scene)
  const inEach = scene.pick(6_000, 30_000, 500_000)
  const sights = await lookAtStore(scene, 'memory', 'memory', backend, inEach)
  if (!hasRedis) return [...sights, tell('answers kept in Redis', 'not looked at: there is no redis-server here')]
  const redis = await TestRedis.start()
  scene.whenDone(() => redis.close())
  return [...sights, ...(await lookAtStore(scene, 'Redis', redis.url, backend, inEach))]
}

async function startBackend(scene: Scene): Promise<string> {
  const [port = 0] = await findFreePorts(1)
  const child = startChild(process.execPath, [place('bench/faults/scene/many-users-backend.ts'), String(port)])
  scene.whenDone(() => child.stop())
  const url = `http://127.0.0.1:${port}`
  await waitFor(
    () => fetch(url),
    () => (child.hasEnded() ? `the backend has ended: ${child.complaints()}` : undefined),
  )
  return url
}

async function lookAtStore(
  scene: Scene,
  name: string,
  store: string,
  backend: string,
  requests: number,
): Promise<Sight[]> {
  const gatewayFile = gatewayText(`stores: { cache: "${store}" }\n${answersAll}`)
  const files = { gateway: gatewayFile, ...manyUsersFiles(backend) }
  const named = Object.fromEntries(Object.entries(files).map(([file, text]) => [`${file}.yaml`, text]))
  const gateway = await startGateway(scene, { config: writeProject(scene, named).config })
  const startedAt = performance.now()
  const { crossed, parts, withOpenBreaker } = await askOverKeptConnections(scene, name, gateway, requests)
  const seconds = (performance.now() - startedAt) / 1000
  const features = new Map([
    ...(await readFeatures(gateway)),
    ['with a call that the breaker refused', withOpenBreaker],
  ])
  await gateway.stop()
  const what = `${name}: parts of ${requests} requests of ${users} users (${Math.round(requests / seconds)}/s)`
  return [seeNone(`${what} that reached another`, crossed, parts), seeAtWork(scene, name, features)]
}

/** Had nothing been kept or shared, there would have been nothing to find. A quick look is too short for all of it. */
function seeAtWork(scene: Scene, name: string, features: ReadonlyMap<string, number>): Sight {
  const what = `${name}: what was at work`
  const seen = [...features].map(([feature, count]) => `${count} ${feature}`).join(', ')
  const isAll = [...features.values()].every((count) => count > 0)
  return scene.isQuick ? tell(what, seen) : seeThat(what, isAll, seen, 'more than 0 of each')
}

async function askOverKeptConnections(scene: Scene, name: string, { port }: Gateway, requests: number) {
  const idle = Array.from({ length: connections }, () => new KeptConnection(port))
  const all = [...idle]
  let answered = 0
  let withOpenBreaker = 0
  const send = async (path: string, headers: Readonly<Record<string, string>>) => {
    const connection = idle.pop()!
    const { head, body } = await connection.ask(path, headers)
    idle.push(connection)
    if (head.includes('error=circuit-open')) withOpenBreaker++
    if (++answered % 50_000 === 0) scene.tell(`${name}: ${answered} of ${requests} requests`)
    return body.toString()
  }
  try {
    const result = await askAsManyUsers(send, { users, requests, concurrency: connections })
    return { ...result, withOpenBreaker }
  } finally {
    for (const connection of all) connection.close()
  }
}
