import { defineOperator, type Template } from 'tessera'

export const sortBy = defineOperator<{ list: Template; by: string }>({
  name: '$sortBy',
  keys: ['$from'],
  summary: 'Sorts the objects of a list by a number that they have.',
  example: '{ $sortBy: price, $from: $.cart.lines }',
  parse: ({ $sortBy, $from }, parser) => ({ list: parser.template($from, '$from'), by: String($sortBy) }),
  compile({ list, by }, compile) {
    const read = compile(list)
    return (document) => (read(document) as Record<string, number>[]).toSorted((a, b) => a[by]! - b[by]!)
  },
})
