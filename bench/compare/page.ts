import { startBackends } from '../harness/backends.ts'
import { chooseLoadTool } from '../harness/load.ts'
import { type Measurement, measure, warmUp } from '../harness/measure.ts'
import { Repeats } from '../harness/repeats.ts'
import { startServer } from '../harness/server.ts'
import type { CompareOptions } from './options.ts'
import { comparePairs, type PairedDifference } from './paired.ts'
import type { Tree } from './worktrees.ts'

/**
 * CPU microseconds that a request of a page costs in both trees: their sources, the configuration of this one. Each
 * measurement is of a fresh process, as two of the same sources are never quite alike, and of a warm one.
 */
export async function comparePage(
  trees: readonly [Tree, Tree],
  { scenario, variant, rounds, repeats, plan }: CompareOptions,
): Promise<{ difference: PairedDifference; method: string }> {
  const load = chooseLoadTool()
  const backends = await startBackends(scenario.bodies, { failing: scenario.failing })
  const again = new Repeats(repeats, (line) => console.error(line))
  const connections = Math.min(plan.connections, variant.page.mostConnections ?? plan.connections)
  const measureTree = async ({ directory }: Tree): Promise<Measurement> => {
    const server = await startServer(variant, backends, { main: `${directory}/src/main.ts` })
    try {
      await warmUp(server, load, { ...plan, connections })
      return await measure(server, backends, load, { ...plan, connections })
    } finally {
      await server.stop()
    }
  }
  try {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round < rounds; round++) {
      for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const { cpuUsPerRequest } = await again.measure(trees[side].title, () => measureTree(trees[side]))
        times[side].push(cpuUsPerRequest)
      }
    }
    const noise = again.noisy > 0 ? ` NOISY: ${again.noisy} noisy measurements were kept.` : ''
    const what = `${scenario.name}/${variant.name}, ${rounds} rounds of ${plan.seconds} s after ${plan.warmUpSeconds} s`
    const method = `${what}; backends ${backends.kind}, load ${load.kind}, ${connections} connections.${noise}`
    return { difference: comparePairs(...times), method }
  } finally {
    await backends.stop()
  }
}
