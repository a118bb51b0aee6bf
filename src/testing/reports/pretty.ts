import type pc from 'picocolors'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { printJson } from '../../json-text.ts'
import type { RouteCoverage } from '../coverage.ts'
import type { Difference } from '../difference.ts'
import type { Problem } from '../expectations/expectation.ts'
import { Described } from '../expectations/wanted.ts'
import type { TestRun } from '../run.ts'
import type { TestResult } from '../run-test.ts'
import { countTests, sumCoverage } from './totals.ts'

type Paint = ReturnType<typeof pc.createColors>

const mostDifferences = 10
const longestValue = 200

/** For people: every test, what is wrong with those that failed, what no test reached, and one line that sums up. */
export function printPretty(run: TestRun, paint: Paint): string {
  const suites = run.suites.map(({ suite, results }) =>
    [
      `${paint.bold(suite.source.path)} ${paint.dim(`${suite.route.match.method} ${suite.route.match.path}`)}`,
      ...results.map((result) => printResult(result, paint)),
    ].join('\n'),
  )
  const coverage = run.coverage ? [printCoverage(run.coverage, paint)] : []
  return [...suites, ...coverage, printTotals(run, paint)].join('\n\n')
}

function printResult({ test, problems }: TestResult, paint: Paint): string {
  if (problems.length === 0) return `  ${paint.green('✓')} ${test.name}`
  return [`  ${paint.red('✗')} ${test.name}`, ...problems.map((problem) => printProblem(problem, paint))].join('\n')
}

/** `file:line  what`, then a line of `-` and one of `+` for each place that differs. */
export function printProblem({ at, message, differences }: Problem, paint: Paint): string {
  const shown = differences.slice(0, mostDifferences)
  const rest = differences.length - shown.length
  return [
    ...message.split('\n').map((line) => `      ${printPlace(at, paint)}  ${line}`),
    ...shown.flatMap((difference) => printDifference(difference, paint)),
    ...(rest > 0 ? [paint.dim(`        … and ${rest} more`)] : []),
  ].join('\n')
}

function printDifference({ where, expected, actual }: Difference, paint: Paint): string[] {
  return [
    `        ${paint.dim(where)}`,
    `        ${paint.red(`- ${printValue(expected)}`)}`,
    `        ${paint.green(`+ ${printValue(actual)}`)}`,
  ]
}

function printValue(value: unknown): string {
  if (value === undefined) return '(nothing)'
  const text = value instanceof Described ? value.text : printJson(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function printPlace({ file, line }: Location, paint: Paint): string {
  return paint.cyan(`${file}:${line}`)
}

function printCoverage(routes: readonly RouteCoverage[], paint: Paint): string {
  const lines = routes.flatMap((route) => {
    const { percent } = sumCoverage([route])
    const tint = percent === 100 ? paint.green : paint.yellow
    const head = `${tint(`${percent} %`.padStart(7))}  ${route.file}`
    if (route.reached === 0 && route.total > 0) return [`${head}  ${paint.dim('no test runs it')}`]
    return [head, ...route.missed.map(({ at, what }) => `           ${printPlace(at, paint)}  ${what}`)]
  })
  const { percent, reached, total } = sumCoverage(routes)
  return [...lines, paint.bold(`coverage ${percent} %`) + paint.dim(` (${reached} of ${total})`)].join('\n')
}

function printTotals(run: TestRun, paint: Paint): string {
  const { tests, failed, ms, virtualMs } = countTests(run)
  const result = failed > 0 ? paint.red(`${failed} failed`) : paint.green('all pass')
  const times = `${Math.round(ms)} ms for ${printTime(virtualMs)} of virtual time`
  return `${tests} test${tests === 1 ? '' : 's'}: ${paint.bold(result)} ${paint.dim(`(${times})`)}`
}

function printTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const [size, unit] = ms < 60_000 ? [1000, 's'] : ms < 3_600_000 ? [60_000, 'min'] : [3_600_000, 'h']
  return `${Math.round((ms / (size as number)) * 10) / 10} ${unit}`
}
