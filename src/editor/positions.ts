import type { Location as ProtocolLocation, Range } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Location } from '../diagnostics/diagnostic.ts'
import type { Stretch } from '../yaml/syntax.ts'
import type { Project } from './project.ts'
import type { Workspace } from './workspace.ts'

/** A place as the protocol has it. Both count columns in UTF-16 units, the protocol from 0. */
export function rangeOf(location: Location, text: string | undefined): Range {
  const { line, column, endLine, endColumn } = location
  // A carriage return alone ends a line for editors, for YAML it does not.
  if (text !== undefined && /\r(?!\n)/.test(text)) return rangeIn(documentOf(text), stretchOf(location, text))
  return { start: { line: line - 1, character: column - 1 }, end: { line: endLine - 1, character: endColumn - 1 } }
}

export function rangeIn(document: TextDocument, { start, end }: Stretch): Range {
  return { start: document.positionAt(start), end: document.positionAt(end) }
}

export function documentOf(text: string): TextDocument {
  return TextDocument.create('', 'yaml', 0, text)
}

/** By offsets. */
export function stretchOf({ line, column, endLine, endColumn }: Location, text: string): Stretch {
  const starts = lineStartsOf(text)
  const last = text.length
  return { start: (starts[line - 1] ?? last) + column - 1, end: (starts[endLine - 1] ?? last) + endColumn - 1 }
}

let latest: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] }

/** Many places in a row are of one text. */
function lineStartsOf(text: string): readonly number[] {
  if (latest.text !== text) {
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    latest = { text, starts }
  }
  return latest.starts
}

/** A place of a project's file, for the editor to go to. */
export function linkTo(location: Location, project: Project, workspace: Workspace): ProtocolLocation {
  const { file } = location
  return { uri: workspace.uriOf(project.pathOf(file)), range: rangeOf(location, project.textOf(file)) }
}
