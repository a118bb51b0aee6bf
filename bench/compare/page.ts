import { isDeepStrictEqual } from 'node:util'
import { startBackends } from '../harness/backends.ts'
import { chooseLoadTool, type LoadTool } from '../harness/load.ts'
import { readCoreBusyUs, readProcessCpuUs, serverCore } from '../harness/processor.ts'
import { homeHeaders, homePath, type Server, startGateway, type Urls } from '../life/processes.ts'
import { describeBackends, describePage } from '../scenarios/home/data.ts'
import type { CompareOptions } from './options.ts'
import { comparePairs, type PairedDifference } from './paired.ts'
import type { Tree } from './worktrees.ts'

/** Of the server's core, used by other processes: above it a measurement is made again. */
const mostOthersShare = 0.05

/** CPU microseconds that a request of the page costs in both trees: their sources, the configuration of this one. */
export async function comparePage(
  trees: readonly [Tree, Tree],
  { rounds, repeats, plan }: CompareOptions,
): Promise<{ difference: PairedDifference; method: string }> {
  const load = chooseLoadTool()
  const backends = await startBackends(describeBackends())
  let left = repeats
  let noisy = 0
  const measureQuiet = async (tree: Tree): Promise<number> => {
    for (;;) {
      const { cpuUs, othersShare } = await measure(tree, backends.urls, load, plan)
      const isNoisy = othersShare > mostOthersShare
      const others = `  (others took ${Math.round(othersShare * 100)} % of core ${serverCore}${left > 0 ? ': again' : ''})`
      console.error(`${tree.title}: ${cpuUs.toFixed(1)} µs/request${isNoisy ? others : ''}`)
      if (!isNoisy) return cpuUs
      if (left-- <= 0) {
        noisy++
        return cpuUs
      }
    }
  }
  try {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        times[side].push(await measureQuiet(trees[side]))
      }
    }
    const noise = noisy > 0 ? ` NOISY: ${noisy} noisy measurements were kept.` : ''
    const method = `${rounds} rounds of ${plan.seconds} s; backends ${backends.kind}, load ${load.kind}.${noise}`
    return { difference: comparePairs(...times), method }
  } finally {
    await backends.stop()
  }
}

async function measure({ directory }: Tree, urls: Urls, load: LoadTool, plan: CompareOptions['plan']) {
  const server = await startGateway({ urls, main: `${directory}/src/main.ts` })
  try {
    const target = { url: `http://127.0.0.1:${server.port}${homePath}`, headers: homeHeaders }
    await checkPage(target)
    await load.send(target, plan.connections, plan.warmUpSeconds)
    const began = readUsage(server)
    const { requests, failures } = await load.send(target, plan.connections, plan.seconds)
    const ended = readUsage(server)
    if (failures > 0 || requests === 0) throw new Error(`${failures} of ${requests} requests failed`)
    const serverUs = ended.serverUs - began.serverUs
    const othersUs = Math.max(0, ended.coreUs - began.coreUs - serverUs)
    return { cpuUs: serverUs / requests, othersShare: othersUs / (ended.atUs - began.atUs) }
  } finally {
    await server.stop()
  }
}

async function checkPage({ url, headers }: { url: string; headers: Record<string, string> }): Promise<void> {
  const response = await fetch(url, { headers })
  const text = await response.text()
  const isPage = response.status === 200 && isDeepStrictEqual(JSON.parse(text), describePage())
  if (!isPage || response.headers.has('tessera-degraded')) throw new Error(`it answered another page: ${text}`)
}

function readUsage({ pid }: Server) {
  return {
    atUs: performance.now() * 1000,
    serverUs: readProcessCpuUs(pid),
    coreUs: readCoreBusyUs(serverCore),
  }
}
