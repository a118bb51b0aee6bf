import { insideElement } from '../area.ts'
import { isObject } from '../container.ts'
import type { JsonSchema } from '../schema.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator, unsafeKeys } from './operator.ts'

type Columns = readonly (readonly [name: string, list: Template])[]

export const zip = defineOperator<Columns>({
  name: '$zip',
  keys: [],
  summary:
    'Makes an object of the first elements of several lists, of the second ones, and so on to the end of the shortest.',
  example: '{ $zip: { product: $.product.list, price: $.product.prices } }',
  parse({ $zip }, parser) {
    const names = isObject($zip) ? Object.keys($zip) : []
    if (names.length === 0 || names.some((name) => unsafeKeys.has(name))) {
      parser.fault('invalid-value', '`$zip` is an object of lists', ['$zip'])
      return undefined
    }
    return names.map((name) => [name, parser.template(($zip as Record<string, unknown>)[name], '$zip', name)] as const)
  },
  parts: (columns) => columns.map(([, template]) => ({ template })),
  compile(columns, compile) {
    const names = columns.map(([name]) => name)
    const readers = columns.map(([, template]) => compile(template))
    return (document) => {
      const lists: (readonly unknown[])[] = []
      for (const read of readers) {
        const list = asList('$zip', read(document))
        if (!list) return undefined
        lists.push(list)
      }
      const length = Math.min(...lists.map((list) => list.length))
      spend(length * (names.length + 1))
      return Array.from({ length }, (_, row) =>
        Object.fromEntries(names.map((name, column) => [name, lists[column]![row]])),
      )
    }
  },
  schema(columns, schemaOf) {
    const properties: Record<string, JsonSchema> = {}
    for (const [name, template] of columns) properties[name] = schemaOf(template)?.items ?? {}
    const required = columns.map(([name]) => name)
    return listOf({ type: 'object', properties, required, additionalProperties: false })
  },
  trace: (columns, trace) =>
    columns.flatMap(([name, template]) =>
      trace(template).map((traced) => moveTo(traced, [null, name, ...insideElement(traced.area)])),
    ),
})
