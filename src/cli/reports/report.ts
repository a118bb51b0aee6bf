import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Terminal } from '../terminal.ts'

/** What a check came to. */
export interface Report {
  readonly diagnostics: readonly Diagnostic[]
  readonly textOf: (file: string) => string | undefined
  /** What was looked at. */
  readonly counts: { readonly routes: number; readonly services: number; readonly colors: number }
  readonly ms: number
}

/** One format of a report. A new one is a file beside `text.ts`. */
export type Reporter = (report: Report, terminal: Pick<Terminal, 'color' | 'paint'>) => string
