import pc from 'picocolors'
import { masked } from '../redaction.ts'
import type { Severity } from './codes.ts'
import { maxTold } from './collector.ts'
import type { Diagnostic, Location } from './diagnostic.ts'
import { screenWidth } from './screen-width.ts'
import { type Stretch, secretsInLine } from './secrets-in-line.ts'

const widest = 100
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys these, and a file may hold them.
const controls = /[\u0000-\u001f\u007f-\u009f]/g

/**
 * Prints a diagnostic the way compilers do: what, where, the line with a caret under it, and what to do.
 * `textOf` gives a file's text; without it the line and caret are left out.
 */
export function printDiagnostic(
  diagnostic: Diagnostic,
  textOf: (file: string) => string | undefined,
  color: boolean,
): string {
  const paint = pc.createColors(color)
  const tint: Record<Severity, (text: string) => string> = {
    error: paint.red,
    warning: paint.yellow,
    hint: paint.cyan,
  }
  const { severity, code, message, at, help } = diagnostic
  const number = String(at.line)
  const margin = ' '.repeat(number.length)
  const lines = [
    `${paint.bold(tint[severity](`${severity}[${code}]`))}: ${paint.bold(show(message))}`,
    `${margin}${paint.blue('-->')} ${show(at.file)}:${at.line}:${at.column}`,
  ]
  const text = textOf(at.file)
  const all = text === undefined ? [] : linesOf(text)
  const line = all[at.line - 1]?.replaceAll('\t', ' ').trimEnd()
  if (line !== undefined) {
    const { shown, caretAt, caretLength } = excerpt(...withoutSecrets(line, secretsInLine(all, at.line - 1), at))
    lines.push(`${paint.blue(`${number} |`)} ${shown}`)
    lines.push(`${paint.blue(`${margin} |`)} ${' '.repeat(caretAt)}${tint[severity]('^'.repeat(caretLength))}`)
  }
  if (help) lines.push(`${paint.blue(`${margin} =`)} ${paint.bold('help')}: ${show(help)}`)
  return lines.join('\n')
}

/** Prints diagnostics: of a file that has very many the first, and how many more there are. */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
  color: boolean,
): string[] {
  const printed: string[] = []
  for (const [file, found] of Map.groupBy(diagnostics, ({ at }) => at.file)) {
    for (const one of found.slice(0, maxTold)) printed.push(printDiagnostic(one, textOf, color))
    const more = found.length - maxTold
    if (more > 0) printed.push(`… and ${more.toLocaleString('en-US')} more in ${show(file)}`)
  }
  return printed
}

let lastText = ''
let lastLines: readonly string[] = ['']

/** Many diagnostics in a row are of one file: it is split once, or a file of nothing but faults would take minutes. */
function linesOf(text: string): readonly string[] {
  if (text !== lastText) {
    lastText = text
    lastLines = text.split('\n')
  }
  return lastLines
}

/** A text with what a terminal would obey made visible, as wide as before. */
function show(text: string): string {
  return text.replace(controls, '·')
}

/** A line with its secrets masked, all as long as each other, and from where to where the place is in it now, from 0. */
function withoutSecrets(line: string, secrets: readonly Stretch[], at: Location): [string, number, number] {
  const shown: string[] = []
  let from = 0
  for (const { start, end } of secrets) {
    shown.push(line.slice(from, start), masked)
    from = end
  }
  const moved = (offset: number, isEnd: boolean) => {
    let by = 0
    for (const { start, end } of secrets) {
      if (offset >= end) by += masked.length - (end - start)
      else if (offset > start) by += start - offset + (isEnd ? masked.length : 0)
    }
    return offset + by
  }
  const end = at.endLine === at.line ? at.endColumn - 1 : line.length
  return [show(shown.join('') + line.slice(from)), moved(at.column - 1, false), moved(end, true)]
}

/** Cuts a long line around the caret; columns are screen columns, so wide (CJK) characters count two. */
function excerpt(line: string, start: number, until: number): { shown: string; caretAt: number; caretLength: number } {
  const end = Math.max(until, start + 1)
  const from = line.length > widest && start > widest - 30 ? start - 30 : 0
  const head = from > 0 ? '… ' : ''
  const to = Math.min(line.length, from + widest)
  const tail = to < line.length ? ' …' : ''
  const caretEnd = Math.min(end, Math.max(to, start + 1))
  return {
    shown: head + line.slice(from, to) + tail,
    caretAt: head.length + screenWidth(line.slice(from, start)),
    caretLength: Math.max(1, screenWidth(line.slice(start, caretEnd))),
  }
}

/** "2 errors, 1 warning"; empty when there is nothing. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
  return (['error', 'warning', 'hint'] as const)
    .map((severity) => ({ severity, n: count(severity) }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}${n === 1 ? '' : 's'}`)
    .join(', ')
}
