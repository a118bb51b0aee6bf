import type { Area } from '../area.ts'
import { isObject } from '../container.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { defineOperator, misfit, unsafeKeys } from './operator.ts'

export const compact = defineOperator<Template>({
  name: '$compact',
  keys: [],
  summary: 'Drops what is null from a list or an object.',
  example: '{ $compact: [ $.banner.first, $.banner.second ] }',
  parse: ({ $compact }, parser) => parser.template($compact, '$compact'),
  parts: (template) => [{ template }],
  compile(template, compile) {
    const read = compile(template)
    return (document) => {
      const value = read(document)
      if (value === undefined || value === null) return undefined
      if (Array.isArray(value)) {
        spend(value.length)
        return value.filter((item) => item !== null && item !== undefined)
      }
      if (!isObject(value)) return misfit('$compact', 'a list or an object', value)
      const kept: Record<string, unknown> = {}
      const names = Object.keys(value)
      spend(names.length)
      for (const name of names) {
        const member = value[name]
        if (member !== null && member !== undefined && !unsafeKeys.has(name)) kept[name] = member
      }
      return kept
    }
  },
  schema(template, schemaOf) {
    const schema = schemaOf(template)
    if (!schema) return undefined
    const { required: _, const: __, ...open } = schema
    return open
  },
  trace: (template, trace) => trace(template).map((traced) => moveTo(traced, withoutIndex(traced.area))),
})

/** What is dropped moves the elements behind it. */
function withoutIndex([first, ...rest]: Area): Area {
  if (first === undefined) return []
  return [typeof first === 'number' ? null : first, ...rest]
}
