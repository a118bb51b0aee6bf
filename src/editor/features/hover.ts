import { tellColor } from '../hover/color.ts'
import { tellFunction } from '../hover/function.ts'
import { describeSchema } from '../hover/key.ts'
import { tellOperation } from '../hover/operation.ts'
import { tellOperator } from '../hover/operator.ts'
import { tellPart } from '../hover/part.ts'
import { rangeIn } from '../positions.ts'
import { type Subject, subjectAt } from '../subject.ts'
import type { Place } from '../workspace.ts'
import type { Feature } from './feature.ts'

/** What the thing under the cursor is. */
export const hover: Feature = {
  capabilities: { hoverProvider: true },
  listen(connection, workspace) {
    connection.onHover(async ({ textDocument, position }) => {
      const place = await workspace.placeOf(textDocument.uri, position)
      const subject = place && subjectAt(place)
      const value = subject && tell(subject, place)
      return value ? { contents: { kind: 'markdown', value }, range: rangeIn(place.document, subject) } : null
    })
  },
}

function tell(subject: Subject, { project, kind }: Place): string | undefined {
  const { world } = project
  if (!world) return undefined
  const { name } = subject
  switch (subject.kind) {
    case 'color':
      return tellColor(name, project)
    case 'operation': {
      const [service = '', operation = ''] = name.split('.')
      const found = world.catalogue.get(service)?.operations.get(operation)
      return found && tellOperation(found)
    }
    case 'service': {
      const service = world.catalogue.get(name)
      return service && [`**${name}**`, service.definition.summary].filter(Boolean).join('\n\n')
    }
    case 'part': {
      const part = world.standing.find((one) => one.name === name)
      return part && tellPart(part)
    }
    case 'operator':
      return tellOperator(name, world.registry.operators)
    case 'function':
      return tellFunction(name, world.registry.functions)
    case 'step':
      return `**steps.${name}**: a call of this route, once it has ended`
    case 'key': {
      const schema = project.schemaOf(kind).about(subject.path, subject.value)
      const about = schema && describeSchema(schema)
      return about && `**${name}**\n\n${about}`
    }
  }
}
