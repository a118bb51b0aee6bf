import { describeType } from '../../binding/describe-type.ts'
import { type ColorUse, producersOf, readersOf } from '../../describe/explain/color-uses.ts'
import { isSensitive, maskType } from '../../redaction.ts'
import type { Project } from '../project.ts'

const mostListed = 12

/** A color: its type, how sensitive it is, who gives and who takes it. */
export function tellColor(name: string, project: Project): string | undefined {
  const { world, routes } = project
  const color = world?.dictionary.colors.get(name)
  if (!world || !color) return undefined
  const configuration = { catalogue: world.catalogue, routes }
  const type = isSensitive(color) ? describeType(maskType(color.schema, color.sensitivity)) : describeType(color.schema)
  return [
    `**${name}** ${type}, ${color.sensitivity}`,
    color.description,
    `from ${list(producersOf(name, configuration)) ?? 'nobody'}`,
    `to ${list(readersOf(name, configuration)) ?? 'nobody'}`,
  ]
    .filter((line) => line !== undefined)
    .join('\n\n')
}

/** Operations, and routes with what in them; each once. */
function list(uses: readonly ColorUse[]): string | undefined {
  const names = [...new Set(uses.map(({ name, detail }) => `\`${name}\` ${detail}`))]
  if (names.length === 0) return undefined
  const more = names.length - mostListed
  return `${names.slice(0, mostListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
