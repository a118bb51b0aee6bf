import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Terminal } from '../terminal.ts'

/** What is wrong with some files, and their texts. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[]
  textOf(file: string): string | undefined
}

/** What a check came to. */
export interface Report extends Findings {
  /** What was looked at. */
  readonly counts: { readonly routes: number; readonly services: number; readonly colors: number }
  readonly ms: number
}

/** One format of a report. A new one is a file beside `pretty.ts` and a line in `index.ts`. */
export type Reporter = (report: Report, terminal: Pick<Terminal, 'color' | 'paint'>) => string
