import type { Document } from '../document.ts'
import type { Template } from '../template/nodes.ts'
import { asList, defineOperator } from './operator.ts'

export const each = defineOperator<{ list: Template; map: Template }>({
  name: '$each',
  keys: ['$map'],
  summary: 'Makes a value of each element of a list; `item` is the element, `index` its position from 0.',
  example: '{ $each: $.product.list, $map: { id: $.item.id, rank: $.index } }',
  parse: ({ $each, $map }, parser) => ({ list: parser.template($each, '$each'), map: parser.template($map, '$map') }),
  parts: ({ list, map }) => [{ template: list }, { template: map, each: true }],
  compile({ list, map }, compile) {
    const readList = compile(list)
    const readElement = compile(map)
    return (document) => {
      const elements = asList('$each', readList(document))
      if (!elements) return undefined
      // Templates are pure and synchronous, so one copy of the context serves all elements.
      const inner: Document = { ...document }
      const made: unknown[] = []
      for (let index = 0; index < elements.length; index++) {
        inner.item = elements[index]
        inner.index = index
        made.push(readElement(inner) ?? null)
      }
      return made
    }
  },
  schema({ list, map }, schemaOf) {
    const items = schemaOf(map, { schema: schemaOf(list)?.items })
    return items ? { type: 'array', items } : { type: 'array' }
  },
})
