/** The referee: CPU time a request of Tessera and of the same page written by hand, in one run. See README.md. */
import { cpus, release } from 'node:os'
import { startBackends } from './harness/backends.ts'
import { chooseLoadTool } from './harness/load.ts'
import { type Options, readOptions, usage } from './harness/options.ts'
import { page } from './harness/page.ts'
import { leaveServerCore } from './harness/processor.ts'
import { findObstacle, installPrograms } from './harness/requirements.ts'
import { measureInRounds } from './harness/rounds.ts'
import { compareWithPeers, renderTable, summarize } from './harness/summary.ts'
import { describeBackends } from './scenarios/home/data.ts'

try {
  process.exitCode = await runBench(readOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runBench(options: Options): Promise<number> {
  if (options.help) {
    console.log(usage)
    return 0
  }
  const obstacle = findObstacle()
  if (obstacle !== undefined) {
    console.error(`Nothing was measured: ${obstacle}.`)
    return 1
  }
  if (options.install) installPrograms()
  leaveServerCore()
  const load = chooseLoadTool()
  const backends = await startBackends(describeBackends())
  try {
    const { rounds, repeats, plan } = options
    const setting = { backends, load, page, plan, tell: (line: string) => console.error(line) }
    const results = await measureInRounds(options.variants, rounds, repeats, setting)
    const summaries = summarize(results)
    console.log(`
Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}.
Server on core 0; backends (${backends.kind}) and load (${load.kind}, ${plan.connections} connections) on core 1.
Medians of ${rounds} rounds of ${plan.seconds} s after ${plan.warmUpSeconds} s of warm-up. ${describeNoise(results)}

${renderTable(summaries)}`)
    if (options.json) console.log(JSON.stringify({ ratios: compareWithPeers(summaries) }))
  } finally {
    await backends.stop()
  }
  return 0
}

function describeNoise({ rejected, noisy }: { rejected: number; noisy: number }): string {
  if (noisy > 0) return `NOISY: ${rejected} measurements were repeated, and ${noisy} noisy ones kept all the same.`
  return rejected > 0 ? `${rejected} noisy measurements were repeated.` : 'None was noisy.'
}
