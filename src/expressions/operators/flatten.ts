import type { Area } from '../area.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator } from './operator.ts'

export const flatten = defineOperator<Template>({
  name: '$flatten',
  keys: [],
  summary: 'Puts the elements of lists in a list in their place, one level deep. Elements that are no lists stay.',
  example: '{ $flatten: "$.product.list[*].tags" }',
  parse: ({ $flatten }, parser) => parser.template($flatten, '$flatten'),
  parts: (template) => [{ template }],
  compile(template, compile) {
    const read = compile(template)
    return (document) => {
      const list = asList('$flatten', read(document))
      if (!list) return undefined
      const made: unknown[] = []
      for (const item of list) {
        const inner: readonly unknown[] = Array.isArray(item) ? item : [item]
        spend(inner.length + 1)
        for (const one of inner) made.push(one)
      }
      return made
    }
  },
  schema(template, schemaOf) {
    const items = schemaOf(template)?.items
    return listOf(items?.type === 'array' ? items.items : undefined)
  },
  trace: (template, trace) => trace(template).map((traced) => moveTo(traced, flattened(traced.area))),
})

function flattened([, second, ...rest]: Area): Area {
  if (typeof second === 'string') return [null, second, ...rest]
  return typeof second === 'number' ? [null, ...rest] : [null]
}
