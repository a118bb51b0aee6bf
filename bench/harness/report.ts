import { cpus, release } from 'node:os'
import type { Backends } from './backends.ts'
import type { LoadTool } from './load.ts'
import type { LoadPlan } from './measure.ts'
import type { Compared, ScenarioResult, Summary } from './summary.ts'

/** What the figures were measured on and with. */
export interface Circumstances {
  readonly backends: Backends['kind']
  readonly load: LoadTool['kind']
  readonly plan: LoadPlan
  readonly commit: string
  readonly date: Date
  /** Servers that could not take part and scenarios that failed, with why. */
  readonly missing: readonly string[]
}

/** The result as Markdown: what it was measured on, and for each scenario its servers and what is compared. */
export function renderReport(results: readonly ScenarioResult[], circumstances: Circumstances): string {
  const scenarios = results.map(renderScenario)
  return [renderCircumstances(circumstances), ...scenarios].join('\n\n')
}

export function renderCircumstances({ backends, load, plan, commit, date, missing }: Circumstances): string {
  const lines = [
    `${date.toISOString().slice(0, 10)}, commit ${commit}. Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}.`,
    `Server on core 0; backends (${backends}) and load (${load}, ${plan.connections} connections) on core 1.`,
    `Medians of rounds of ${plan.seconds} s after ${plan.warmUpSeconds} s of warm-up; ratios are told in each round by itself, and the median of those is given.`,
    ...missing.map((line) => `Not measured: ${line}.`),
  ]
  return lines.join('\n')
}

export function renderScenario({ scenario, rounds, summaries, compared, rejected, noisy }: ScenarioResult): string {
  const noise =
    noisy > 0
      ? `NOISY: ${rejected} measurements were repeated, and ${noisy} noisy ones kept all the same.`
      : rejected > 0
        ? `${rejected} noisy measurements were repeated.`
        : 'None was noisy.'
  const parts = [
    `## ${scenario.name}`,
    `${scenario.title}. ${rounds} ${rounds === 1 ? 'round' : 'rounds'}. ${noise}`,
    renderServers(summaries),
    ...summaries.flatMap(warnOfQueue),
    ...(compared.length > 0 ? [renderComparisons(compared)] : []),
  ]
  return parts.join('\n\n')
}

/** Half of what `overload: { loopDelay }` allows unless a gateway says else: from there on it takes turns. */
const calmMs = 25

/** A gateway that takes turns is measured in another mode, and costs more. */
function warnOfQueue({ variant, median: { p50Ms } }: Summary): string[] {
  if (variant.config === undefined || p50Ms < calmMs) return []
  const waited = `${variant.title}: half of the requests waited for ${p50Ms.toFixed(0)} ms or more`
  return [`${waited}, and with a loop ${calmMs} ms late a gateway takes turns. Measure with fewer \`--connections\`.`]
}

export function renderServers(summaries: readonly Summary[]): string {
  const heads = ['server', 'CPU µs/request', 'least–most', 'requests/s', 'p50 ms', 'p99 ms', 'memory MB']
  const rows = summaries.map(({ variant, median, leastCpuUs, mostCpuUs }) => [
    variant.title,
    median.cpuUsPerRequest.toFixed(1),
    `${leastCpuUs.toFixed(1)}–${mostCpuUs.toFixed(1)}`,
    Math.round(median.requestsPerSecond).toString(),
    median.p50Ms.toFixed(1),
    median.p99Ms.toFixed(1),
    Math.round(median.residentBytes / 1024 ** 2).toString(),
  ])
  return renderTable(heads, rows)
}

export function renderComparisons(compared: readonly Compared[]): string {
  const rows = compared.map(({ comparison: { title, aim }, median, least, most }) => [
    title,
    `${median.toFixed(3)}×`,
    `${least.toFixed(3)}–${most.toFixed(3)}`,
    aim === undefined ? '' : `≤ ${aim}`,
    aim === undefined ? '' : median <= aim ? 'yes' : 'no',
  ])
  return renderTable(['CPU time of', 'ratio', 'least–most', 'aim', 'reached'], rows)
}

/** The first column to the left, the others to the right. */
function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = heads.map((_, index) => (index === 0 ? '---' : '---:'))
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
