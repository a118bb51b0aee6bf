import type { Location } from 'vscode-languageserver'
import { documentOf, rangeIn } from '../positions.ts'
import type { Project } from '../project.ts'
import { type Subject, subjectAt } from '../subject.ts'
import { type Use, usesOf, usesOfColor } from '../uses.ts'
import type { Workspace } from '../workspace.ts'
import { findDeclaration } from './definition.ts'
import type { Feature } from './feature.ts'

/** Every place that names a color, an operation or a call of the route. */
export const references: Feature = {
  capabilities: { referencesProvider: true },
  listen(connection, workspace) {
    connection.onReferences(async ({ textDocument, position, context }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      if (!place) return []
      await workspace.settle(place.project)
      const subject = subjectAt(place)
      if (!subject) return []
      const declared = findDeclaration(subject, place, workspace)
      const found = usesOfSubject(subject, place.project, place.path).map((use) =>
        toLocation(use, place.project, workspace),
      )
      const others = found.filter((one) => !isSame(one, declared))
      return context.includeDeclaration && declared ? [declared, ...others] : others
    })
  },
}

function usesOfSubject(subject: Subject, project: Project, path: string): Use[] {
  if (subject.kind === 'color') return usesOfColor(subject.name, project)
  if (subject.kind === 'operation') return usesOf('operation', subject.name, project)
  return subject.kind === 'step' ? usesOf('step', subject.name, project, project.nameOf(path)) : []
}

function toLocation({ file, ...stretch }: Use, project: Project, workspace: Workspace): Location {
  const document = documentOf(project.textOf(file) ?? '')
  return { uri: workspace.uriOf(project.pathOf(file)), range: rangeIn(document, stretch) }
}

function isSame(one: Location, other: Location | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
