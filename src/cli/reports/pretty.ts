import { printDiagnostics, summarize } from '../../diagnostics/print.ts'
import type { Findings, Report, Reporter } from './report.ts'

/** For people: the diagnostics with their line and caret, then one line that sums up. */
export const pretty: Reporter = (report, { color, paint }) => {
  const { diagnostics, ms } = report
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  const result = summarize(diagnostics) || 'no problems'
  const tint = failed ? paint.red : diagnostics.length > 0 ? paint.yellow : paint.green
  const summary = `${describeCounts(report.counts)}: ${paint.bold(tint(result))} ${paint.dim(`(${Math.round(ms)} ms)`)}`
  return [...printAll(report, color), summary].join('\n\n')
}

/** Each diagnostic with its line and caret; of a file with very many the first. */
export function printAll(findings: Findings, color: boolean): string[] {
  const textOf = (file: string) => findings.textOf(file)
  return printDiagnostics(findings.diagnostics, textOf, color)
}

function describeCounts({ routes, services, colors }: Report['counts']): string {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  return [count(routes, 'route'), count(services, 'service'), count(colors, 'color')].join(', ')
}
