import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { renderChart } from './chart.ts'
import { type Circumstances, renderReport } from './report.ts'
import type { ScenarioResult } from './summary.ts'

const bench = fileURLToPath(new URL('../', import.meta.url))

/** What `--json` prints. */
export interface Figures {
  /** By the comparison's name: medians of the rounds' own ratios. */
  readonly ratios: Readonly<Record<string, number>>
  /** Medians, by scenario and server. */
  readonly cpuUsPerRequest: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Noisy measurements that were kept. */
  readonly noisy: number
  /** Servers and scenarios that were not measured, with why. */
  readonly missing: readonly string[]
}

export function collectFigures(results: readonly ScenarioResult[], missing: readonly string[]): Figures {
  const round = (figure: number, digits: number) => Number(figure.toFixed(digits))
  const compared = results.flatMap((result) => result.compared)
  return {
    ratios: Object.fromEntries(compared.map(({ comparison, median }) => [comparison.name, round(median, 3)])),
    cpuUsPerRequest: Object.fromEntries(
      results.map(({ scenario, summaries }) => [
        scenario.name,
        Object.fromEntries(
          summaries.map(({ variant, median }) => [variant.name, round(median.cpuUsPerRequest, 1)] as const),
        ),
      ]),
    ),
    noisy: results.reduce((sum, { noisy }) => sum + noisy, 0),
    missing,
  }
}

/** Writes tables, chart and figures to a folder of `bench/results/`, which it gives; `save` keeps the first two beside it. */
export function keepResults(
  results: readonly ScenarioResult[],
  circumstances: Circumstances,
  figures: Figures,
  save: boolean,
): string {
  const directory = `${bench}results/${circumstances.date.toISOString().slice(0, 19).replaceAll(':', '')}`
  mkdirSync(directory, { recursive: true })
  writeFileSync(`${directory}/result.md`, `# Result\n\n![](result.svg)\n\n${renderReport(results, circumstances)}\n`)
  writeFileSync(`${directory}/result.svg`, renderChart(results))
  writeFileSync(`${directory}/figures.json`, `${JSON.stringify(figures, undefined, 2)}\n`)
  if (save) {
    const report = renderReport(results, circumstances)
    writeFileSync(`${bench}last-result.md`, `# Last result\n\n![](last-result.svg)\n\n${report}\n`)
    copyFileSync(`${directory}/result.svg`, `${bench}last-result.svg`)
  }
  return directory
}

/** `64b736f`, or `64b736f with changes`. */
export function describeCommit(): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', bench, ...args], { encoding: 'utf8' }).trim()
  try {
    const hasChanges = git('status', '--porcelain', '--untracked-files=no', '--', '..') !== ''
    return `${git('rev-parse', '--short', 'HEAD')}${hasChanges ? ' with changes' : ''}`
  } catch {
    return 'unknown' // A copy without its history.
  }
}
