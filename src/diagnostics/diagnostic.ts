import type { Work } from '../work.ts'
import type { DiagnosticCode, Severity } from './codes.ts'

/** A place in a file. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Location {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** A place that is looked up in its file when somebody asks; the first of a large file takes a while. */
export interface SoughtLocation extends Location {
  /** Looks it up in steps. */
  find(): Work<Location>
  /** Lets go of what helped to find it, and others of its file. */
  forget(): void
}

/** Something an operator should know about a file. A value, collected and printed; never thrown. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** One sentence that names the thing, without a final dot. */
  readonly message: string
  readonly at: Location
  /** What to do about it. */
  readonly help?: string | undefined
}
