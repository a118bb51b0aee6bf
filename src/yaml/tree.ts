import type { Document, LineCounter } from 'yaml'
import { loadYaml } from './library.ts'

/** The syntax tree of a text. */
export interface SyntaxTree {
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

export function parseTree(text: string): SyntaxTree {
  const { LineCounter, parseDocument } = loadYaml()
  const lines = new LineCounter()
  // uniqueKeys is quadratic in yaml 2 (20,000 keys take 5 s), so the reader looks for duplicates itself.
  const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false, merge: false }
  return { document: parseDocument(text, options), lines }
}
