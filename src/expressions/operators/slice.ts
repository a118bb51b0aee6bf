import { isNumber } from '../../numbers.ts'
import { insideElement } from '../area.ts'
import { computable } from '../arithmetic.ts'
import type { Document } from '../document.ts'
import type { Reader, Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { parseFields } from './fields.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator, misfit } from './operator.ts'

interface Slice {
  readonly of: Template
  readonly from: Template | undefined
  readonly to: Template | undefined
}

export const slice = defineOperator<Slice>({
  name: '$slice',
  keys: [],
  summary:
    'The elements `from` one position (0 unless given) to before another (the end unless given). What is below 0 counts from the end; beyond the list there is nothing.',
  example: '{ $slice: { of: $.product.list, from: 0, to: 3 } }',
  parse({ $slice }, parser) {
    const fields = parseFields('$slice', $slice, { needed: ['of'], optional: ['from', 'to'] }, parser)
    if (!fields) return undefined
    const part = (name: string) =>
      fields[name] === undefined ? undefined : parser.template(fields[name], '$slice', name)
    return { of: parser.template(fields['of'], '$slice', 'of'), from: part('from'), to: part('to') }
  },
  parts: ({ of, from, to }) => [{ template: of }, ...[from, to].flatMap((one) => (one ? [{ template: one }] : []))],
  compile({ of, from, to }, compile) {
    const read = compile(of)
    const readFrom = from && compile(from)
    const readTo = to && compile(to)
    return (document) => {
      const list = asList('$slice', read(document))
      if (!list) return undefined
      const made = list.slice(readPosition(readFrom, document), readPosition(readTo, document))
      spend(made.length)
      return made
    }
  },
  schema({ of }, schemaOf) {
    const schema = schemaOf(of)
    return listOf(schema?.items, schema)
  },
  trace: ({ of }, trace) => trace(of).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)])),
})

/** Undefined for what is absent: the beginning, or the end. */
function readPosition(read: Reader | undefined, document: Document): number | undefined {
  const value = read?.(document)
  if (value === undefined || value === null) return undefined
  const number = isNumber(value) ? computable(value) : undefined
  return Number.isSafeInteger(number) ? (number as number) : misfit('$slice', 'whole numbers as positions', value)
}
