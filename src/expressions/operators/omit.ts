import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { compileNames, isFixed, type Names, parseNames, partsOfNames, traceNames } from './names.ts'
import { asObject, defineOperator, unsafeKeys } from './operator.ts'

export const omit = defineOperator<{ names: Names; from: Template }>({
  name: '$omit',
  keys: ['$from'],
  summary: 'Leaves out the named members of an object. The names may be templates.',
  example: '{ $omit: [internalScore], $from: $.product.first }',
  parse({ $omit, $from }, parser) {
    const names = parseNames('$omit', $omit, parser)
    const from = parser.template($from, '$from')
    return names && { names, from }
  },
  parts: ({ names, from }) => [{ template: from }, ...partsOfNames(names)],
  compile({ names, from }, compile) {
    const read = compile(from)
    const namesOf = compileNames('$omit', names, compile)
    const fixed = isFixed(names) ? new Set(names) : undefined
    return (document) => {
      const object = asObject('$omit', read(document))
      if (!object) return undefined
      const named = fixed ?? namesOf(document)
      // Where nothing says what is to be left out, nothing is given.
      if (!named) return undefined
      const unwanted = fixed ?? new Set(named)
      const kept: Record<string, unknown> = {}
      const present = Object.keys(object)
      spend(present.length)
      for (const name of present) if (!unwanted.has(name) && !unsafeKeys.has(name)) kept[name] = object[name]
      return kept
    }
  },
  schema({ names, from }, schemaOf) {
    const schema = schemaOf(from)
    if (!schema?.properties || !isFixed(names)) return { type: 'object' }
    const kept = Object.entries(schema.properties).filter(([name]) => !names.includes(name))
    const closed = schema['additionalProperties'] === false ? { additionalProperties: false } : {}
    return { type: 'object', properties: Object.fromEntries(kept), ...closed }
  },
  trace: ({ names, from }, trace) => [
    ...trace(from).filter(
      ({ area: [member] }) => typeof member !== 'string' || !isFixed(names) || !names.includes(member),
    ),
    ...traceNames(names, trace),
  ],
})
