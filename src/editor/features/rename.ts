import {
  LSPErrorCodes,
  MessageType,
  ResponseError,
  ShowMessageNotification,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver'
import { documentOf, rangeIn } from '../positions.ts'
import type { Project } from '../project.ts'
import { RenameRefused, type Replacement, renameColor } from '../rename-color.ts'
import { subjectAt } from '../subject.ts'
import { readersAbove } from '../uses.ts'
import type { Workspace } from '../workspace.ts'
import type { Feature } from './feature.ts'

/** Gives a color another name, in every file. */
export const rename: Feature = {
  capabilities: { renameProvider: { prepareProvider: true } },
  listen(connection, workspace) {
    connection.onPrepareRename(async ({ textDocument, position }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      const subject = place && subjectAt(place)
      if (subject?.kind !== 'color') return null
      return { range: rangeIn(place!.document, subject), placeholder: subject.name }
    })
    connection.onRenameRequest(async ({ textDocument, position, newName }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      if (!place) return null
      const { project } = place
      await workspace.settle(project)
      const subject = subjectAt(place)
      if (subject?.kind !== 'color') throw refusal('only colors are renamed')
      // What reads all colors of a namespace gives its readers the new name too.
      const above = readersAbove(subject.name, project)
      try {
        const edit = toEdit(renameColor(subject.name, newName, project), project, workspace)
        if (above.length > 0) {
          const { file, line } = above[0]!
          const message = `${file}:${line} reads \`${subject.name}\` with all beside it: what it gives has the new name too`
          await connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message })
        }
        return edit
      } catch (thrown) {
        throw thrown instanceof RenameRefused ? refusal(thrown.message) : thrown
      }
    })
  },
}

function refusal(message: string): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message)
}

function toEdit(replacements: readonly Replacement[], project: Project, workspace: Workspace): WorkspaceEdit {
  const changes: Record<string, TextEdit[]> = {}
  for (const [file, own] of Map.groupBy(replacements, (one) => one.file)) {
    const document = documentOf(project.textOf(file) ?? '')
    changes[workspace.uriOf(project.pathOf(file))] = own.map((one) => ({
      range: rangeIn(document, one),
      newText: one.text,
    }))
  }
  return { changes }
}
