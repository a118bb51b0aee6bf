import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { asObject, defineOperator, parseNames, unsafeKeys } from './operator.ts'

export const omit = defineOperator<{ names: ReadonlySet<string>; from: Template }>({
  name: '$omit',
  keys: ['$from'],
  summary: 'Leaves out the named members of an object.',
  example: '{ $omit: [internalScore], $from: $.product.first }',
  parse({ $omit, $from }, parser) {
    const names = parseNames('$omit', $omit, parser)
    const from = parser.template($from, '$from')
    return names && { names: new Set(names), from }
  },
  parts: ({ from }) => [{ template: from }],
  compile({ names, from }, compile) {
    const read = compile(from)
    return (document) => {
      const object = asObject('$omit', read(document))
      if (!object) return undefined
      const kept: Record<string, unknown> = {}
      const present = Object.keys(object)
      spend(present.length)
      for (const name of present) if (!names.has(name) && !unsafeKeys.has(name)) kept[name] = object[name]
      return kept
    }
  },
  schema({ names, from }, schemaOf) {
    const schema = schemaOf(from)
    if (!schema?.properties) return { type: 'object' }
    const kept = Object.entries(schema.properties).filter(([name]) => !names.has(name))
    const closed = schema['additionalProperties'] === false ? { additionalProperties: false } : {}
    return { type: 'object', properties: Object.fromEntries(kept), ...closed }
  },
  trace: ({ names, from }, trace) =>
    trace(from).filter(({ area: [member] }) => typeof member !== 'string' || !names.has(member)),
})
