import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { compileNames, isFixed, type Names, parseNames, partsOfNames, traceNames } from './names.ts'
import { asObject, defineOperator, unsafeKeys } from './operator.ts'

export const pick = defineOperator<{ names: Names; from: Template }>({
  name: '$pick',
  keys: ['$from'],
  summary: 'Keeps only the named members of an object. The names may be templates.',
  example: '{ $pick: [id, title], $from: $.product.first }',
  parse({ $pick, $from }, parser) {
    const names = parseNames('$pick', $pick, parser)
    const from = parser.template($from, '$from')
    return names && { names, from }
  },
  parts: ({ names, from }) => [{ template: from }, ...partsOfNames(names)],
  compile({ names, from }, compile) {
    const read = compile(from)
    const namesOf = compileNames('$pick', names, compile)
    return (document) => {
      const object = asObject('$pick', read(document))
      const wanted = namesOf(document)
      if (!object || !wanted) return undefined
      const picked: Record<string, unknown> = {}
      spend(wanted.length)
      for (const name of wanted)
        if (Object.hasOwn(object, name) && object[name] !== undefined && !unsafeKeys.has(name))
          picked[name] = object[name]
      return picked
    }
  },
  schema({ names, from }, schemaOf) {
    if (!isFixed(names)) return { type: 'object' }
    const known = schemaOf(from)?.properties ?? {}
    const properties = Object.fromEntries(names.map((name) => [name, Object.hasOwn(known, name) ? known[name]! : {}]))
    return { type: 'object', properties, additionalProperties: false }
  },
  trace: ({ names, from }, trace) => [
    ...trace(from).filter(
      ({ area: [member] }) => typeof member !== 'string' || !isFixed(names) || names.includes(member),
    ),
    ...traceNames(names, trace),
  ],
})
