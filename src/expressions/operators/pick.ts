import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { asObject, defineOperator, parseNames } from './operator.ts'

export const pick = defineOperator<{ names: readonly string[]; from: Template }>({
  name: '$pick',
  keys: ['$from'],
  summary: 'Keeps only the named members of an object.',
  example: '{ $pick: [id, title], $from: $.product.first }',
  parse({ $pick, $from }, parser) {
    const names = parseNames('$pick', $pick, parser)
    const from = parser.template($from, '$from')
    return names && { names, from }
  },
  parts: ({ from }) => [{ template: from }],
  compile({ names, from }, compile) {
    const read = compile(from)
    return (document) => {
      const object = asObject('$pick', read(document))
      if (!object) return undefined
      const picked: Record<string, unknown> = {}
      spend(names.length)
      for (const name of names)
        if (Object.hasOwn(object, name) && object[name] !== undefined) picked[name] = object[name]
      return picked
    }
  },
  schema({ names, from }, schemaOf) {
    const known = schemaOf(from)?.properties ?? {}
    const properties = Object.fromEntries(names.map((name) => [name, Object.hasOwn(known, name) ? known[name]! : {}]))
    return { type: 'object', properties, additionalProperties: false }
  },
  trace: ({ names, from }, trace) =>
    trace(from).filter(({ area: [member] }) => typeof member !== 'string' || names.includes(member)),
})
