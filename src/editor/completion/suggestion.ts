import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver'
import type { Stretch } from '../../yaml/syntax.ts'
import type { WholeWorld } from '../project.ts'
import type { SchemaView } from '../schema-view.ts'
import type { Place } from '../workspace.ts'

/** What may be written at a cursor. */
export interface Suggestion {
  readonly label: string
  readonly kind: keyof typeof CompletionItemKind
  /** In a few words, beside it. */
  readonly detail?: string | undefined
  /** Markdown. */
  readonly documentation?: string | undefined
  /** What is written in place of its label. */
  readonly text?: string | undefined
  /** What it takes the place of; the word at the cursor unless given. */
  readonly over?: Stretch | undefined
  /** Before others: 0 is first, 5 what is not said of. */
  readonly order?: number
}

/** Where something is about to be written, and what is known of the place. */
export interface Situation {
  readonly place: Place
  readonly world: WholeWorld
  readonly view: SchemaView
  /** The plain value of the file. */
  readonly value: unknown
}

/** As the protocol has it. */
export function toItem(suggestion: Suggestion, { document }: Place, word: Stretch): CompletionItem {
  const { label, kind, detail, documentation, text = label, over = word, order = 5 } = suggestion
  const range = { start: document.positionAt(over.start), end: document.positionAt(over.end) }
  return {
    label,
    kind: CompletionItemKind[kind] as CompletionItemKind,
    sortText: `${order}${label}`,
    filterText: text,
    textEdit: { range, newText: text },
    ...(detail !== undefined && { detail }),
    ...(documentation !== undefined && { documentation: { kind: 'markdown', value: documentation } }),
  }
}
