import type { Location } from 'vscode-languageserver'
import { Syntax } from '../../yaml/syntax.ts'
import { linkTo, rangeIn } from '../positions.ts'
import { stepNames } from '../step-names.ts'
import { type Subject, subjectAt } from '../subject.ts'
import type { Place, Workspace } from '../workspace.ts'
import type { Feature } from './feature.ts'

/** Where the thing under the cursor is declared: a color, an operation, a service, a part, a preset, a call of the route. */
export const definition: Feature = {
  capabilities: { definitionProvider: true },
  listen(connection, workspace) {
    connection.onDefinition(async ({ textDocument, position }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      const subject = place && subjectAt(place)
      return subject ? (findDeclaration(subject, place, workspace) ?? null) : null
    })
  },
}

/** Undefined for what no file declares. */
export function findDeclaration(subject: Subject, place: Place, workspace: Workspace): Location | undefined {
  const { project, document, text } = place
  const { world } = project
  if (!world) return undefined
  const { name } = subject
  switch (subject.kind) {
    case 'color': {
      const color = world.dictionary.colors.get(name)
      return color && linkTo(color.at, project, workspace)
    }
    case 'operation': {
      const [service = '', operation = ''] = name.split('.')
      const found = world.catalogue.get(service)?.operations.get(operation)
      if (!found) return undefined
      const { source, path } = found.operation.position
      return linkTo(source.locateKey(path), project, workspace)
    }
    case 'service': {
      const at = world.catalogue.get(name)?.at
      return at && linkTo(at, project, workspace)
    }
    case 'preset': {
      const at = world.defaults.presets.places().get(name)
      return at && linkTo(at, project, workspace)
    }
    case 'part': {
      const { position } = world.parts.get(name) ?? {}
      return position && linkTo(position.source.locate(['name']), project, workspace)
    }
    case 'step': {
      const syntax = new Syntax(text)
      const found = stepNames(syntax.value).find((one) => one.name === name)
      const stretch = found && syntax.find(found.path, 'value')
      return stretch && { uri: document.uri, range: rangeIn(document, stretch) }
    }
    default:
      return undefined
  }
}
