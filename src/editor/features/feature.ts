import type { Connection, ServerCapabilities } from 'vscode-languageserver'
import type { Workspace } from '../workspace.ts'

/** One thing that an editor may ask for. A new one is a file beside this and a line in `index.ts`. */
export interface Feature {
  /** What the editor is told that it may ask. */
  readonly capabilities: ServerCapabilities
  listen(connection: Connection, workspace: Workspace): void
}
