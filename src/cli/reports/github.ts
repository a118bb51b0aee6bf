import type { Severity } from '../../diagnostics/codes.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { summarize } from '../../diagnostics/print.ts'
import type { Reporter } from './report.ts'

const commands: Record<Severity, string> = { error: 'error', warning: 'warning', hint: 'notice' }

/** For GitHub Actions: a workflow command a diagnostic, which shows it at its line of a pull request. */
export const github: Reporter = ({ diagnostics }) =>
  [...diagnostics.map(printCommand), summarize(diagnostics) || 'no problems'].join('\n')

function printCommand({ severity, code, message, at, help }: Diagnostic): string {
  const { file, line, column, endLine, endColumn } = at
  // The end is exclusive here and inclusive there; columns are told for one line only.
  const end = endLine === line ? { endColumn: Math.max(column, endColumn - 1) } : { endLine }
  const properties = Object.entries({ file, line, col: column, ...end, title: code })
  const told = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',')
  return `::${commands[severity]} ${told}::${escapeData(help === undefined ? message : `${message}\n${help}`)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
