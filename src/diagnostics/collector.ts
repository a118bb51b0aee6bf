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

  add(code: DiagnosticCode, message: string, at: Location, help?: string): void {
    this.#found.push({ code, severity: diagnosticCodes[code].severity, message, at, help })
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
        const key = `${at.file}:${at.line}:${at.column}:${code}:${message}`
        return seen.has(key) ? false : seen.add(key)
      })
      .sort((a, b) => a.at.file.localeCompare(b.at.file) || a.at.line - b.at.line || a.at.column - b.at.column)
  }
}
