import { didYouMean, suggest } from '../../diagnostics/suggest.ts'
import { isNumber, keyOfNumber } from '../../numbers.ts'
import { insideElement } from '../area.ts'
import { computable } from '../arithmetic.ts'
import { isObject } from '../container.ts'
import type { JsonSchema } from '../schema.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { asList, defineOperator, parseName, unsafeKeys } from './operator.ts'

interface Join {
  readonly left: Template
  readonly right: Template
  readonly on: string
  readonly as: string
}

const fieldNames = ['left', 'right', 'on', 'as']

export const join = defineOperator<Join>({
  name: '$join',
  keys: [],
  summary:
    'Adds to each object of `left`, as member `as`, the first object of `right` with an equal member `on`. Order and objects without a match stay as they are.',
  example: '{ $join: { left: $.product.list, right: $.product.prices, on: id, as: price } }',
  parse({ $join }, parser) {
    if (!isObject($join)) {
      parser.fault('invalid-value', '`$join` is an object of left, right, on and as', ['$join'])
      return undefined
    }
    const unknown = Object.keys($join).filter((key) => !fieldNames.includes(key))
    for (const key of unknown) {
      const help = didYouMean(key, fieldNames)
      parser.fault('unknown-operator', `\`$join\` has no key \`${key}\``, ['$join', key], help)
    }
    const missing = fieldNames.filter((key) => !Object.hasOwn($join, key))
    // One that is misspelt is told already.
    const untold = missing.filter((name) => !unknown.some((key) => suggest(key, fieldNames) === name))
    if (untold.length > 0) {
      parser.fault('missing-key', `\`$join\` lacks ${untold.map((key) => `\`${key}\``).join(', ')}`, ['$join'])
    }
    if (missing.length > 0) return undefined
    const left = parser.template($join['left'], '$join', 'left')
    const right = parser.template($join['right'], '$join', 'right')
    const on = parseName('on', $join['on'], parser, '$join')
    const as = parseName('as', $join['as'], parser, '$join')
    return on === undefined || as === undefined ? undefined : { left, right, on, as }
  },
  parts: ({ left, right }) => [{ template: left }, { template: right, tolerant: true }],
  compile({ left, right, on, as }, compile) {
    const readLeft = compile(left)
    const readRight = compile(right)
    return (document) => {
      const rows = asList('$join', readLeft(document))
      const others = asList('$join', readRight(document))
      if (!rows || !others) return rows
      spend(rows.length + others.length)
      const byKey = new Map<unknown, unknown>()
      for (const other of others) {
        const key = keyOf(other, on)
        if (key !== undefined && !byKey.has(key)) byKey.set(key, other)
      }
      return rows.map((row) => {
        const key = keyOf(row, on)
        return key === undefined || !byKey.has(key)
          ? row
          : withMember(row as Record<string, unknown>, as, byKey.get(key))
      })
    }
  },
  schema({ left, right, as }, schemaOf) {
    const item = schemaOf(left)?.items
    if (!item?.properties) return { type: 'array' }
    const added: JsonSchema = schemaOf(right)?.items ?? {}
    const { required: _, ...open } = item
    return { type: 'array', items: { ...open, properties: { ...item.properties, [as]: added } } }
  },
  trace: ({ left, right, as }, trace) => [
    ...trace(left),
    ...trace(right).map((traced) => moveTo(traced, [null, as, ...insideElement(traced.area)])),
  ],
})

/** Only scalars join: two objects are never the same key. */
function keyOf(row: unknown, on: string): unknown {
  if (!isObject(row) || !Object.hasOwn(row, on)) return undefined
  const key = row[on]
  if (isNumber(key)) return keyOfNumber(computable(key))
  return typeof key === 'object' ? undefined : key
}

/** V8 copies an object as a whole at a third of the price of its members one by one. */
function withMember(row: Record<string, unknown>, as: string, value: unknown): Record<string, unknown> {
  spend(Object.keys(row).length)
  const joined = { ...row }
  for (const key of unsafeKeys) if (Object.hasOwn(joined, key)) delete joined[key]
  joined[as] = value
  return joined
}
