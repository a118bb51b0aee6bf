import { isNumber } from '../../numbers.ts'
import { insideElement } from '../area.ts'
import { computable } from '../arithmetic.ts'
import { compareTexts } from '../expression/code-points.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend, spendOnText } from '../work.ts'
import { type By, compileBy, parseBy, partsOfBy } from './by.ts'
import { parseFields, parseWord } from './fields.ts'
import { listOf } from './list-schema.ts'
import { asList, defineOperator, misfit } from './operator.ts'

interface Sort {
  readonly of: Template
  readonly by: By | undefined
  readonly isDescending: boolean
}

const orders = ['asc', 'desc'] as const

export const sort = defineOperator<Sort>({
  name: '$sort',
  keys: [],
  summary:
    'Puts elements in the order of themselves, or of `by`: a name, a path from the element, or a list of these. Numbers stand before texts, texts before false and true, what is absent or null last in either `order` (`asc`, `desc`); what is equal stays as it stands.',
  example: '{ $sort: { of: $.product.list, by: [brand, $.item.price.cents], order: desc } }',
  parse({ $sort }, parser) {
    const fields = parseFields('$sort', $sort, { needed: ['of'], optional: ['by', 'order'] }, parser)
    if (!fields) return undefined
    const by = fields['by'] === undefined ? undefined : parseBy(fields['by'], parser, '$sort', 'by')
    const order = parseWord('order', fields['order'] ?? 'asc', orders, parser, '$sort', 'order')
    if ((fields['by'] !== undefined && !by) || !order) return undefined
    return { of: parser.template(fields['of'], '$sort', 'of'), by, isDescending: order === 'desc' }
  },
  parts: ({ of, by }) => [{ template: of }, ...partsOfBy(by)],
  compile({ of, by, isDescending }, compile) {
    const read = compile(of)
    const keysOf = compileBy(by, compile)
    const sign = isDescending ? -1 : 1
    return (document) => {
      const list = asList('$sort', read(document))
      if (!list) return undefined
      spend(list.length * Math.ceil(Math.log2(list.length + 1)))
      const keys = keysOf(list, document).map((key) => (by?.isList ? (key as unknown[]) : [key]).map(rank))
      const indexes = list.map((_, index) => index)
      indexes.sort((one, other) => compareAll(keys[one]!, keys[other]!, sign))
      return indexes.map((index) => list[index])
    }
  },
  schema({ of }, schemaOf) {
    const schema = schemaOf(of)
    return listOf(schema?.items, schema)
  },
  trace: ({ of }, trace) => trace(of).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)])),
})

/** A key and its class: numbers, texts, false and true; undefined what is absent. */
type Ranked = readonly [rank: number, value: number | bigint | string] | undefined

function rank(key: unknown): Ranked {
  if (key === undefined || key === null) return undefined
  if (isNumber(key)) return [0, computable(key)]
  if (typeof key === 'string') return [1, key]
  return typeof key === 'boolean' ? [2, Number(key)] : misfit('$sort', 'numbers, texts, true or false to sort by', key)
}

function compareAll(one: readonly Ranked[], other: readonly Ranked[], sign: number): number {
  for (let i = 0; i < one.length; i++) {
    const found = compare(one[i], other[i], sign)
    if (found !== 0) return found
  }
  return 0
}

function compare(one: Ranked, other: Ranked, sign: number): number {
  if (!one || !other) return one ? -1 : other ? 1 : 0
  if (one[0] !== other[0]) return (one[0] - other[0]) * sign
  if (typeof one[1] === 'string') {
    spendOnText(one[1].length)
    return compareTexts(one[1], other[1] as string) * sign
  }
  const [left, right] = [one[1], other[1] as number | bigint]
  return (left < right ? -1 : left > right ? 1 : 0) * sign
}
