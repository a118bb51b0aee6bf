import { defineOperator, type Template } from 'tessera'

export const sortBy = defineOperator<{ list: Template; by: string }>({
  name: '$sortBy',
  keys: ['$from'],
  summary: 'Sorts the objects of a list by a number that they have.',
  example: '{ $sortBy: price, $from: $.cart.lines }',
  parse: ({ $sortBy, $from }, parser) => ({ list: parser.template($from, '$from'), by: String($sortBy) }),
  compile({ list, by }, compile) {
    const read = compile(list)
    // What no double holds comes as a bigint or as what knows its text: Number() takes any.
    const amount = (row: object) => Number((row as Record<string, unknown>)[by])
    return (document) => (read(document) as object[]).toSorted((a, b) => amount(a) - amount(b))
  },
})
