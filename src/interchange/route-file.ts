import type { Remark } from '../yaml/print.ts'
import type { DraftFile, Note } from './draft.ts'
import { printDraft } from './print-draft.ts'

/** Keys of a route whose values stand on lines of their own. */
const blocks = new Set(['catch', 'try', 'parallel', 'sequence', 'flow', 'branch', 'response'])
const spaced = new Set(['in', 'do', 'response'])

/** Prints a route, with what could not be carried over as comments on top. */
export function printRoute(
  name: string,
  route: Readonly<Record<string, unknown>>,
  header: readonly string[],
  notes: readonly Note[],
  remarks: readonly Remark[] = [],
): DraftFile {
  const lines = notes.map(({ at, message }) => `  ${at}: ${message}`)
  const lacking = lines.length > 0 ? ['', 'Not as it was:', ...lines] : []
  return { name, text: printDraft(route, { header: [...header, ...lacking], blocks, spaced, remarks }) }
}
