import { isNumber, keyOfNumber } from '../../numbers.ts'
import { insideElement } from '../area.ts'
import { computable } from '../arithmetic.ts'
import type { Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spendOnKeys } from '../work.ts'
import { type By, compileBy, parseBy, partsOfBy, traceBy } from './by.ts'
import { parseFields } from './fields.ts'
import { asList, defineOperator, misfit, unsafeKeys } from './operator.ts'

export const keyBy = defineOperator<{ of: Template; by: By }>({
  name: '$keyBy',
  keys: [],
  summary:
    'Makes an object of a list, each element the member that its `by` names, a text or a number. Of two with the same name the first stays; one without a name is left out.',
  example: '{ $keyBy: { of: $.product.list, by: id } }',
  parse({ $keyBy }, parser) {
    const fields = parseFields('$keyBy', $keyBy, { needed: ['of', 'by'] }, parser)
    const by = fields && parseBy(fields['by'], parser, '$keyBy', 'by')
    if (!by?.isList) return by && { of: parser.template(fields!['of'], '$keyBy', 'of'), by }
    parser.fault('invalid-value', 'the name of a member is one text: `by` is no list here', ['$keyBy', 'by'])
    return undefined
  },
  parts: ({ of, by }) => [{ template: of }, ...partsOfBy(by)],
  compile({ of, by }, compile) {
    const read = compile(of)
    const keysOf = compileBy(by, compile)
    return (document) => {
      const list = asList('$keyBy', read(document))
      if (!list) return undefined
      const keys = keysOf(list, document)
      const made: Record<string, unknown> = {}
      spendOnKeys(list.length)
      for (const [i, item] of list.entries()) {
        const name = nameOfMember('$keyBy', keys[i])
        if (name !== undefined && !unsafeKeys.has(name) && !Object.hasOwn(made, name)) made[name] = item
      }
      return made
    }
  },
  schema: () => ({ type: 'object' }),
  trace: ({ of, by }, trace) => [
    ...trace(of).map((traced) => moveTo(traced, [null, ...insideElement(traced.area)])),
    // What a member is called is no place in a value: it is in the whole.
    ...traceBy(by, of, trace).map((traced) => moveTo(traced, [])),
  ],
})

/** The name that a value is as a key; undefined for what is absent or null. */
export function nameOfMember(operator: string, key: unknown): string | undefined {
  if (key === undefined || key === null) return undefined
  if (isNumber(key)) return String(keyOfNumber(computable(key)))
  return typeof key === 'string' ? key : misfit(operator, 'a text or a number as the name of a member', key)
}
