import { insideElement } from '../area.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { unifySchemas } from '../template/unify.ts'
import { spend } from '../work.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator } from './operator.ts'

export const concat = defineOperator<readonly Template[]>({
  name: '$concat',
  keys: [],
  summary: 'Puts lists together, one behind the other. What is absent is skipped.',
  example: '{ $concat: [ $.product.list, $.banner.list ] }',
  parse({ $concat }, parser) {
    if (Array.isArray($concat)) return $concat.map((value, i) => parser.template(value, '$concat', i))
    parser.fault('invalid-value', '`$concat` is a list of lists', ['$concat'])
    return undefined
  },
  parts: (lists) => lists.map((template) => ({ template, tolerant: true })),
  compile(lists, compile) {
    const readers = lists.map(compile)
    return (document) => {
      const made: unknown[] = []
      for (const read of readers) {
        const list = asList('$concat', read(document)) ?? []
        spend(list.length)
        for (const item of list) made.push(item)
      }
      return made
    }
  },
  schema: (lists, schemaOf) => listOf(unifySchemas(lists.map((template) => schemaOf(template)?.items))),
  trace: (lists, trace) =>
    lists.flatMap((template) => trace(template).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)]))),
})
