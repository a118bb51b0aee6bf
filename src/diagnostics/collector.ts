import { type DiagnosticCode, diagnosticCodes } from './codes.ts'
import type { Diagnostic, Location } from './diagnostic.ts'

/** Something wrong inside one string (a path, an expression): found by values/, which knows no files. Offsets in UTF-16 units. */
export interface Fault {
  readonly code: DiagnosticCode
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly help?: string | undefined
}

/** Collects diagnostics, so that a load reports all that is wrong at once. */
export class DiagnosticCollector {
  readonly #found: Diagnostic[] = []
  readonly #known: Location[] = []

  add(code: DiagnosticCode, message: string, at: Location, help?: string): void {
    this.#found.push({ code, severity: diagnosticCodes[code].severity, message, at: spellOut(at), help })
  }

  /** As `add`, for a value that is as good as not there: what else would be said of it follows from this. */
  addInstead(code: DiagnosticCode, message: string, at: Location, value: Location, help?: string): void {
    this.add(code, message, at, help)
    this.#known.push(spellOut(value))
  }

  /** Takes over what another one has found. */
  addAll(other: DiagnosticCollector): void {
    for (const one of other.#found) this.#found.push(one)
    for (const one of other.#known) this.#known.push(one)
  }

  get hasErrors(): boolean {
    return this.#found.some((diagnostic) => diagnostic.severity === 'error')
  }

  /** In the order of files and lines, each fault once. */
  sorted(): Diagnostic[] {
    const seen = new Set<string>()
    return this.#found
      .filter((diagnostic) => {
        const { at, code, message } = diagnostic
        if (code !== 'missing-env' && this.#known.some((value) => contains(value, at))) return false
        const key = `${at.file}:${at.line}:${at.column}:${code}:${message}`
        return seen.has(key) ? false : seen.add(key)
      })
      .sort(compareByPlace)
  }
}

/** A location may know its line only when asked; what is told has found it. */
function spellOut({ file, line, column, endLine, endColumn }: Location): Location {
  return { file, line, column, endLine, endColumn }
}

/** The order in which diagnostics are told: by file, line and column. */
export function compareByPlace(a: Diagnostic, b: Diagnostic): number {
  return compareText(a.at.file, b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column
}

function contains(outer: Location, { file, line, column }: Location): boolean {
  if (file !== outer.file || line < outer.line || line > outer.endLine) return false
  return (line > outer.line || column >= outer.column) && (line < outer.endLine || column < outer.endColumn)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
