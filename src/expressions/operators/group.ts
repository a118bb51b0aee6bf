import { insideElement } from '../area.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { keyOfValue } from '../value-key.ts'
import { spend } from '../work.ts'
import { type By, compileBy, parseBy, partsOfBy, traceBy } from './by.ts'
import { parseFields } from './fields.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator } from './operator.ts'

interface Group {
  readonly key: unknown
  readonly items: unknown[]
}

export const group = defineOperator<{ of: Template; by: By }>({
  name: '$group',
  keys: [],
  summary:
    'Makes `{ key, items }` of the elements that are equal in `by`, in the order in which they first stand. Of a list in `by` the key is a list; of what is absent it is null.',
  example: '{ $group: { of: $.product.list, by: brand } }',
  parse({ $group }, parser) {
    const fields = parseFields('$group', $group, { needed: ['of', 'by'] }, parser)
    const by = fields && parseBy(fields['by'], parser, '$group', 'by')
    return by && { of: parser.template(fields['of'], '$group', 'of'), by }
  },
  parts: ({ of, by }) => [{ template: of }, ...partsOfBy(by)],
  compile({ of, by }, compile) {
    const read = compile(of)
    const keysOf = compileBy(by, compile)
    return (document) => {
      const list = asList('$group', read(document))
      if (!list) return undefined
      const keys = keysOf(list, document)
      const groups = new Map<unknown, Group>()
      for (const [i, item] of list.entries()) {
        const value = keys[i] ?? null
        const key = keyOfValue(value)
        const found = groups.get(key)
        if (found) found.items.push(item)
        else groups.set(key, { key: value, items: [item] })
      }
      spend(2 * groups.size)
      return [...groups.values()]
    }
  },
  schema({ of }, schemaOf) {
    const items = listOf(schemaOf(of)?.items)
    const properties = { key: {}, items }
    return listOf({ type: 'object', properties, required: ['key', 'items'], additionalProperties: false })
  },
  trace: ({ of, by }, trace) => [
    ...trace(of).map((traced) => moveTo(traced, [null, 'items', null, ...insideElement(traced.area)])),
    ...traceBy(by, of, trace).map((traced) => moveTo(traced, [null, 'key', ...traced.area])),
  ],
})
