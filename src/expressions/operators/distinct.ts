import { insideElement } from '../area.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { keyOfValue } from '../value-key.ts'
import { type By, compileBy, parseBy, partsOfBy } from './by.ts'
import { parseFields } from './fields.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator } from './operator.ts'

export const distinct = defineOperator<{ of: Template; by: By | undefined }>({
  name: '$distinct',
  keys: [],
  summary:
    'Keeps the first of the elements that are equal, or equal in `by`: a name, a path from the element, or a list of these. Elements that have no such member all stay.',
  example: '{ $distinct: { of: $.product.list, by: $.item.brand.id } }',
  parse({ $distinct }, parser) {
    const fields = parseFields('$distinct', $distinct, { needed: ['of'], optional: ['by'] }, parser)
    if (!fields) return undefined
    const by = fields['by'] === undefined ? undefined : parseBy(fields['by'], parser, '$distinct', 'by')
    if (fields['by'] !== undefined && !by) return undefined
    return { of: parser.template(fields['of'], '$distinct', 'of'), by }
  },
  parts: ({ of, by }) => [{ template: of }, ...partsOfBy(by)],
  compile({ of, by }, compile) {
    const read = compile(of)
    const keysOf = compileBy(by, compile)
    return (document) => {
      const list = asList('$distinct', read(document))
      if (!list) return undefined
      const keys = keysOf(list, document)
      const seen = new Set<unknown>()
      return list.filter((_, i) => {
        if (keys[i] === undefined) return true
        const key = keyOfValue(keys[i])
        const isNew = !seen.has(key)
        seen.add(key)
        return isNew
      })
    }
  },
  schema({ of }, schemaOf) {
    const schema = schemaOf(of)
    return listOf(schema?.items, schema)
  },
  trace: ({ of }, trace) => trace(of).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)])),
})
