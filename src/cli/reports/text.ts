import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { printDiagnostic, summarize } from '../../diagnostics/print.ts'
import type { Report, Reporter } from './report.ts'

/** For people: every diagnostic with its line and caret, then one line that sums up. */
export const text: Reporter = (report, { color, paint }) => {
  const { diagnostics, textOf, ms } = report
  const failed = diagnostics.some(({ severity }) => severity === 'error')
  const result = summarize(diagnostics) || 'no problems'
  const tint = failed ? paint.red : diagnostics.length > 0 ? paint.yellow : paint.green
  const summary = `${describeCounts(report.counts)}: ${paint.bold(tint(result))} ${paint.dim(`(${Math.round(ms)} ms)`)}`
  return [...printDiagnostics(diagnostics, textOf, color), summary].join('\n\n')
}

export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: Report['textOf'],
  color: boolean,
): string[] {
  return diagnostics.map((diagnostic) => printDiagnostic(diagnostic, textOf, color))
}

function describeCounts({ routes, services, colors }: Report['counts']): string {
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  return [count(routes, 'route'), count(services, 'service'), count(colors, 'color')].join(', ')
}
