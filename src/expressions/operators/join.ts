import { isNumber, keyOfNumber } from '../../numbers.ts'
import { insideElement } from '../area.ts'
import { computable } from '../arithmetic.ts'
import { isObject } from '../container.ts'
import { type Document, eventsOf } from '../document.ts'
import { type JsonSchema, typeOf } from '../schema.ts'
import type { OperatorParser, Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend, spendOnKeys } from '../work.ts'
import { parseFields, parseWord } from './fields.ts'
import { asList, defineOperator, misfit, parseName, unsafeKeys } from './operator.ts'

interface Join {
  readonly left: Template
  readonly right: Template
  readonly on: { readonly left: string; readonly right: string }
  readonly as: string
  /** All that match are added, as a list. */
  readonly isMany: boolean
  readonly unmatched: (typeof unmatcheds)[number]
}

const unmatcheds = ['keep', 'drop', 'fail'] as const
const fields = { needed: ['left', 'right', 'on', 'as'], optional: ['many', 'unmatched'] }

export const join = defineOperator<Join>({
  name: '$join',
  keys: [],
  summary:
    'Adds to each object of `left`, as member `as`, the first object of `right` with an equal member `on` (`{ left: owner_id, right: id }` where it has two names); with `many: true` the list of all. `unmatched` says what becomes of an object without a match: `keep` (as it is, unless given), `drop`, or `fail`.',
  example:
    '{ $join: { left: $.product.list, right: $.product.prices, on: { left: id, right: product }, as: prices, many: true } }',
  parse({ $join }, parser) {
    const given = parseFields('$join', $join, fields, parser)
    if (!given) return undefined
    const left = parser.template(given['left'], '$join', 'left')
    const right = parser.template(given['right'], '$join', 'right')
    const on = parseOn(given['on'], parser)
    const as = parseName('as', given['as'], parser, '$join')
    const unmatched = parseWord('unmatched', given['unmatched'] ?? 'keep', unmatcheds, parser, '$join', 'unmatched')
    const isMany = given['many'] ?? false
    if (typeof isMany !== 'boolean') parser.fault('invalid-value', '`many` is true or false', ['$join', 'many'])
    return on && as !== undefined && unmatched && typeof isMany === 'boolean'
      ? { left, right, on, as, isMany, unmatched }
      : undefined
  },
  parts: ({ left, right }) => [{ template: left }, { template: right, tolerant: true }],
  compile({ left, right, on, as, isMany, unmatched }, compile) {
    const readLeft = compile(left)
    const readRight = compile(right)
    return (document) => {
      const rows = asList('$join', readLeft(document))
      if (!rows) return rows
      // Where there is nothing to match, nothing matches.
      const others = asList('$join', readRight(document)) ?? []
      spendOnKeys(rows.length + others.length)
      const matches = indexBy(others, on.right, isMany)
      const made: unknown[] = []
      let found = 0
      for (const row of rows) {
        const key = keyOf(row, on.left)
        const match = key === undefined ? undefined : matches.get(key)
        if (match !== undefined) found += 1
        else if (unmatched === 'fail') return misfit('$join', `a match for each \`${on.left}\``, undefined)
        if (match !== undefined || (isMany && unmatched === 'keep' && isObject(row)))
          made.push(withMember(row as Record<string, unknown>, as, match ?? []))
        else if (unmatched === 'keep') made.push(row)
      }
      if (found === 0 && rows.length > 0 && others.length > 0) tellOfNone(document, on, rows, others)
      return made
    }
  },
  schema({ left, right, as, isMany }, schemaOf) {
    const item = schemaOf(left)?.items
    if (!item?.properties) return { type: 'array' }
    const added: JsonSchema = schemaOf(right)?.items ?? {}
    const { required: _, ...open } = item
    const member = isMany ? { type: 'array', items: added } : added
    return { type: 'array', items: { ...open, properties: { ...item.properties, [as]: member } } }
  },
  trace: ({ left, right, as, isMany }, trace) => [
    ...trace(left),
    ...trace(right).map((traced) =>
      moveTo(traced, [null, as, ...(isMany ? [null] : []), ...insideElement(traced.area)]),
    ),
  ],
})

function parseOn(value: unknown, parser: OperatorParser): Join['on'] | undefined {
  if (!isObject(value)) {
    const name = parseName('on', value, parser, '$join')
    return name === undefined ? undefined : { left: name, right: name }
  }
  const left = parseName('left', value['left'], parser, '$join', 'on')
  const right = parseName('right', value['right'], parser, '$join', 'on')
  const other = Object.keys(value).find((key) => key !== 'left' && key !== 'right')
  if (other !== undefined) parser.fault('unknown-operator', `\`on\` has no key \`${other}\``, ['$join', 'on', other])
  return left === undefined || right === undefined || other !== undefined ? undefined : { left, right }
}

/** The first of each key, or all of them in a list. */
function indexBy(rows: readonly unknown[], name: string, isMany: boolean): Map<unknown, unknown> {
  const byKey = new Map<unknown, unknown>()
  for (const row of rows) {
    const key = keyOf(row, name)
    if (key === undefined) continue
    const found = byKey.get(key)
    if (found === undefined) byKey.set(key, isMany ? [row] : row)
    else if (isMany) (found as unknown[]).push(row)
  }
  return byKey
}

/** Only scalars join: two objects are never the same key. */
function keyOf(row: unknown, on: string): unknown {
  if (!isObject(row) || !Object.hasOwn(row, on)) return undefined
  const key = row[on]
  if (isNumber(key)) return keyOfNumber(computable(key))
  return typeof key === 'object' ? undefined : key
}

/** Two lists of which nothing matches mostly have keys of two types: `17` and `"17"`. */
function tellOfNone(document: Document, on: Join['on'], rows: readonly unknown[], others: readonly unknown[]): void {
  const span = document[eventsOf]
  if (!span?.sampled) return
  const typeIn = (list: readonly unknown[], name: string) => {
    const row = list.find((one) => isObject(one) && Object.hasOwn(one, name))
    return (row === undefined ? undefined : typeOf((row as Record<string, unknown>)[name])) ?? 'absent'
  }
  span.event('tessera.join.no_match', {
    'tessera.join.left': `${on.left}: ${typeIn(rows, on.left)}`,
    'tessera.join.right': `${on.right}: ${typeIn(others, on.right)}`,
  })
}

/** V8 copies an object as a whole at a third of the price of its members one by one. */
function withMember(row: Record<string, unknown>, as: string, value: unknown): Record<string, unknown> {
  spend(Object.keys(row).length)
  const joined = { ...row }
  for (const key of unsafeKeys) if (Object.hasOwn(joined, key)) delete joined[key]
  joined[as] = value
  return joined
}
