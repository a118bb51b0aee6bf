import { printDiagnostic, summarize } from '../../diagnostics/print.ts'
import type { Findings, Report, Reporter } from './report.ts'

/** For people: every diagnostic with its line and caret, then one line that sums up. */
export const pretty: Reporter = (report, { color, paint }) => {
  const { diagnostics, ms } = report
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  const result = summarize(diagnostics) || 'no problems'
  const tint = failed ? paint.red : diagnostics.length > 0 ? paint.yellow : paint.green
  const summary = `${describeCounts(report.counts)}: ${paint.bold(tint(result))} ${paint.dim(`(${Math.round(ms)} ms)`)}`
  return [...printAll(report, color), summary].join('\n\n')
}

/** Each diagnostic with its line and caret. */
export function printAll(findings: Findings, color: boolean): string[] {
  const textOf = (file: string) => findings.textOf(file)
  return findings.diagnostics.map((diagnostic) => printDiagnostic(diagnostic, textOf, color))
}

function describeCounts({ routes, services, colors }: Report['counts']): string {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  return [count(routes, 'route'), count(services, 'service'), count(colors, 'color')].join(', ')
}
