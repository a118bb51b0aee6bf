/** Where a server's time goes, under the load that main.ts measures: `node bench/profile.ts [scenario/server] [seconds]`. */
import { mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBackends } from './harness/backends.ts'
import { addUpSelfTime, type CpuProfile } from './harness/cpu-profile.ts'
import { chooseLoadTool } from './harness/load.ts'
import { waitUntilIdle } from './harness/measure.ts'
import { findScenario, findVariant } from './harness/options.ts'
import { leaveServerCore } from './harness/processor.ts'
import { findObstacle } from './harness/requirements.ts'
import { startServer } from './harness/server.ts'
import { scenarios } from './scenarios/index.ts'

const mostConnections = 32
/** Before, one would see the compiler at work. */
const warmUpSeconds = 15
const shown = 40

const obstacle = findObstacle()
if (obstacle !== undefined) throw new Error(obstacle)
const [wanted = 'home/tessera', seconds = '10'] = process.argv.slice(2)
const [scenarioName = '', serverName = 'tessera'] = wanted.split('/')
const scenario = findScenario(scenarioName, scenarios)
const variant = findVariant(serverName, scenario)
const results = fileURLToPath(new URL('results/', import.meta.url))
await mkdir(results, { recursive: true })
const directory = await mkdtemp(join(results, `${scenario.name}-${variant.name}-`))

leaveServerCore()
const load = chooseLoadTool()
const backends = await startBackends(scenario.bodies, { failing: scenario.failing })
let warmedUpMs = 0
try {
  const began = performance.now()
  const server = await startServer(variant, backends, { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${directory}`] })
  const connections = variant.page.mostConnections ?? mostConnections
  await server.checkAnswer()
  await waitUntilIdle(server.pid)
  await load.send(server.target, connections, warmUpSeconds)
  warmedUpMs = performance.now() - began
  await load.send(server.target, connections, Number(seconds))
  await server.stop()
} finally {
  await backends.stop()
}

const [file] = await readdir(directory)
if (file === undefined) throw new Error(`${variant.title} wrote no profile`)
const path = join(directory, file)
const { functions, areas } = addUpSelfTime(JSON.parse(await readFile(path, 'utf8')) as CpuProfile, warmedUpMs * 1000)
console.log(`${variant.title}, self time, share of busy time; the whole profile: ${path}\n`)
for (const list of [areas, functions.slice(0, shown)]) {
  for (const { place, share } of list)
    if (share > 0.001) console.log(`${(share * 100).toFixed(1).padStart(5)} %  ${place}`)
  console.log()
}
