import { type DiagnosticCode, diagnosticCodes } from '../diagnostics/codes.ts'
import { compareByPlace, DiagnosticCollector } from '../diagnostics/collector.ts'
import type { Diagnostic, Location } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import { type Comment, findComments } from './comments.ts'
import type { SourceText } from './source.ts'

/** `# tessera-ignore CODE, …: reason`, at the end of the line it is about or on a line of its own before it. */
export interface Suppression {
  readonly codes: readonly string[]
  readonly reason: string
  /** The line whose diagnostics it silences. */
  readonly line: number
  /** Of the comment. */
  readonly at: Location
}

const keyword = 'tessera-ignore'
const form = `write it like # ${keyword} unused-output: used by the partner app`

/**
 * Takes out the warnings and hints that a comment in their file silences. A silence that does nothing, or gives no reason,
 * is a warning itself. `diagnostics` are sorted, and so is what it gives.
 */
export function applySuppressions(
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): readonly Diagnostic[] {
  if (suppressions.length === 0) return diagnostics
  const byLine = Map.groupBy(suppressions, ({ at, line }) => `${at.file}:${line}`)
  const used = new Set<string>()
  const kept = diagnostics.filter(({ code, severity, at }) => {
    const here = byLine.get(`${at.file}:${at.line}`) ?? []
    const suppressing = here.filter(({ codes }) => codes.includes(code))
    for (const suppression of suppressing) used.add(keyOf(suppression, code))
    return severity === 'error' || suppressing.every(({ reason }) => reason === '')
  })
  // With errors not every check has run: what would have been silenced may not have been found.
  const isComplete = !diagnostics.some(({ severity }) => severity === 'error')
  const useless = new DiagnosticCollector()
  for (const suppression of suppressions) {
    const fault = findFault(suppression, (code) => !isComplete || used.has(keyOf(suppression, code)))
    if (fault) useless.add('useless-silence', fault.message, suppression.at, fault.help)
  }
  return [...kept, ...useless.sorted()].sort(compareByPlace)
}

/** What is wrong with a silence; `isUsed` tells whether a code of it silences something. */
function findFault(
  { codes, reason }: Suppression,
  isUsed: (code: string) => boolean,
): { message: string; help?: string | undefined } | undefined {
  if (codes.length === 0) return { message: 'the comment names no code to silence', help: form }
  for (const code of codes) {
    const known = diagnosticCodes[code as DiagnosticCode]
    if (!known) return { message: `there is no diagnostic \`${code}\``, help: didYouMean(code, suppressibleCodes) }
    if (known.severity === 'error') return { message: `\`${code}\` is an error, which cannot be silenced` }
  }
  if (reason === '') return { message: 'the comment silences without a reason', help: form }
  const idle = codes.find((code) => !isUsed(code))
  return idle === undefined
    ? undefined
    : { message: `there is no \`${idle}\` on the line to silence`, help: 'remove it' }
}

const suppressibleCodes = Object.entries(diagnosticCodes).flatMap(([code, { severity }]) =>
  severity === 'error' ? [] : [code],
)

function keyOf({ at }: Suppression, code: string): string {
  return `${at.file}:${at.line}:${code}`
}

/** The silences that stand in a file. */
export function findSuppressions({ path, text }: SourceText): Suppression[] {
  if (!text.includes(keyword)) return []
  const comments = [...findComments(text)]
  const nextLines = findNextLines(text, comments)
  return comments.flatMap((comment) => {
    const match = pattern.exec(comment.text)
    if (!match) return []
    const codes = match[1]!.split(',').flatMap((code) => code.trim() || [])
    const line = comment.standsAlone ? nextLines[comment.line]! : comment.line
    return [{ codes, reason: (match[2] ?? '').trim(), line, at: locate(path, comment) }]
  })
}

/** For each line, the first behind it that holds more than a comment. */
function findNextLines(text: string, comments: readonly Comment[]): number[] {
  const lines = text.split('\n')
  const commentLines = new Set(comments.filter(({ standsAlone }) => standsAlone).map(({ line }) => line))
  const next: number[] = []
  let last = lines.length + 1
  for (let line = lines.length; line > 0; line -= 1) {
    next[line] = last
    if (!commentLines.has(line) && lines[line - 1]!.trim() !== '') last = line
  }
  return next
}

const pattern = /^#+\s*tessera-ignore(?![\w-])([^:]*)(?::(.*))?$/

function locate(file: string, { line, column, text }: Comment): Location {
  return { file, line, column, endLine: line, endColumn: column + text.length }
}
