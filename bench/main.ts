/** The referee: CPU time a request of Tessera and of its peers, in one run. See README.md. */
import { startBackends } from './harness/backends.ts'
import { chooseLoadTool, type LoadTool } from './harness/load.ts'
import { type Options, readOptions, type Task, usage } from './harness/options.ts'
import { leaveServerCore } from './harness/processor.ts'
import { renderCircumstances, renderScenario } from './harness/report.ts'
import { findObstacle, installPrograms } from './harness/requirements.ts'
import { collectFigures, describeCommit, keepResults } from './harness/results.ts'
import { callTheRoll } from './harness/roll-call.ts'
import { measureInRounds } from './harness/rounds.ts'
import { type ScenarioResult, summarizeScenario } from './harness/summary.ts'
import { scenarios } from './scenarios/index.ts'

const tell = (line: string) => console.error(line)
const describeError = (error: unknown) => (error instanceof Error ? error.message : String(error))

try {
  process.exitCode = await runBench(readOptions(process.argv.slice(2), scenarios))
} catch (error) {
  tell(describeError(error))
  process.exitCode = 1
}

async function runBench(options: Options): Promise<number> {
  if (options.help || options.list) {
    console.log(options.help ? usage : listScenarios())
    return 0
  }
  const obstacle = findObstacle()
  if (obstacle !== undefined) {
    tell(`Nothing was measured: ${obstacle}.`)
    return 1
  }
  if (options.install) installPrograms()
  const { tasks, skipped } = await callTheRoll(options.tasks, tell)
  leaveServerCore()
  const load = chooseLoadTool()
  const date = new Date()
  const results: ScenarioResult[] = []
  const failures: string[] = []
  let backends = ''
  for (const task of tasks) {
    try {
      const measured = await measureScenario(task, load, options)
      backends = measured.backends
      results.push(measured.result)
      console.log(`\n${renderScenario(measured.result)}\n`)
    } catch (error) {
      failures.push(`${task.scenario.name}: ${describeError(error)}`)
      tell(`VOID  ${failures.at(-1)}`)
    }
  }
  const circumstances = {
    ...{ backends, load: load.kind, plan: options.plan, commit: describeCommit(), date },
    missing: [...skipped, ...failures],
  }
  const figures = collectFigures(results, circumstances.missing)
  const directory = keepResults(results, circumstances, figures, options.save)
  console.log(`${renderCircumstances(circumstances)}\n\nTables, chart and figures: ${directory}`)
  if (options.json) console.log(JSON.stringify(figures))
  return failures.length > 0 ? 1 : 0
}

async function measureScenario({ scenario, variants, rounds, repeats }: Task, load: LoadTool, { plan }: Options) {
  tell(`\n${scenario.name}: ${scenario.title}`)
  const backends = await startBackends(scenario.bodies, { failing: scenario.failing })
  try {
    const results = await measureInRounds(variants, rounds, repeats, { backends, load, plan, tell })
    return { result: summarizeScenario(scenario, results), backends: backends.kind }
  } finally {
    await backends.stop()
  }
}

function listScenarios(): string {
  return scenarios
    .map(({ name, title, variants }) => `${name}: ${title}\n  ${variants.map((variant) => variant.name).join(', ')}`)
    .join('\n')
}
