import { jsonSchemaOf, type Schema } from '../../../src/describe/json-schema.ts'
import { stepKinds } from '../../../src/steps/index.ts'
import type { StepKind } from '../../../src/steps/step.ts'
import { keyTable } from '../key-table.ts'
import { code, page, table, yamlBlock } from '../markdown.ts'
import { policyLinks } from './policies.ts'

const invokeLinks = { ...policyLinks, invoke: '[Its keys](service.md#operations).' }

/** Every step kind, from its one definition. */
export function renderSteps(): string {
  const definitions = jsonSchemaOf('route')['definitions'] as Record<string, Schema>
  const kinds = [...stepKinds.values()]
  return page(
    'Steps',
    'A step is a mapping with the key of one kind. `empty` may stand alone.',
    table(
      ['kind', 'category', 'meaning'],
      kinds.map(({ kind, category, summary }) => [`[${code(kind)}](#${kind.toLowerCase()})`, category, summary]),
    ),
    '## Keys of every step',
    keyTable({ properties: commonKeys(definitions) }),
    ...kinds.flatMap((kind) => describeKind(kind, definitions[`step-${kind.kind}`]!)),
  )
}

function describeKind({ kind, summary, example }: StepKind, schema: Schema): string[] {
  const keys = keyTable(schema, { elsewhere: kind === 'invoke' ? invokeLinks : {}, without: ['id', 'when'] })
  return [`## ${kind}`, summary, yamlBlock(example), keys]
}

function commonKeys(definitions: Record<string, Schema>): Record<string, Schema> {
  const { id } = definitions['step-empty']!['properties'] as Record<string, Schema>
  const when = {
    ...definitions['condition'],
    description: 'CEL; when it does not hold the step is skipped, and what it would have written stays absent.',
  }
  return { id: id!, when }
}
