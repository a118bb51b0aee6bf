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
      const keys = keysOf(list, document)
      const entries = list.map((item, i) => toEntry(item, by?.isList ? (keys[i] as readonly unknown[]) : [keys[i]]))
      return entries.sort((one, other) => compareAll(one, other, sign)).map(({ item }) => item)
    }
  },
  schema({ of }, schemaOf) {
    const schema = schemaOf(of)
    return listOf(schema?.items, schema)
  },
  trace: ({ of }, trace) => trace(of).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)])),
})

/** What a key is: of two kinds the first stands before the other. */
const numbers = 0
const texts = 1
const truths = 2
const absent = 3

/** A key to sort by, and the next one: all that is compared lies together, which is most of the time that sorting takes. */
interface Key {
  readonly kind: number
  readonly value: number | bigint | string
  readonly next: Key | undefined
}

interface Entry extends Key {
  readonly item: unknown
}

function toEntry(item: unknown, [first, ...rest]: readonly unknown[]): Entry {
  let next: Key | undefined
  for (const key of rest.reverse()) next = { kind: kindOf(key), value: amountOfKey(key), next }
  return { kind: kindOf(first), value: amountOfKey(first), next, item }
}

function kindOf(key: unknown): number {
  if (key === undefined || key === null) return absent
  if (isNumber(key)) return numbers
  if (typeof key === 'string') return texts
  return typeof key === 'boolean' ? truths : misfit('$sort', 'numbers, texts, true or false to sort by', key)
}

function amountOfKey(key: unknown): Key['value'] {
  if (isNumber(key)) return computable(key)
  return typeof key === 'string' ? key : Number(key === true)
}

function compareAll(first: Key, second: Key, sign: number): number {
  const found = compare(first, second, sign)
  return found !== 0 || !first.next || !second.next ? found : compareAll(first.next, second.next, sign)
}

function compare(one: Key, other: Key, sign: number): number {
  if (one.kind !== other.kind) {
    const isLast = one.kind === absent || other.kind === absent
    return (one.kind - other.kind) * (isLast ? 1 : sign)
  }
  if (one.kind === texts) {
    const text = one.value as string
    spendOnText(text.length)
    return compareTexts(text, other.value as string) * sign
  }
  return (one.value < other.value ? -1 : one.value > other.value ? 1 : 0) * sign
}
