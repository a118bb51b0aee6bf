import { GatewayError } from '../../errors.ts'
import { type Document, leftOut } from '../document.ts'
import type { Condition, Owner, Reader, Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { weightOf } from '../template/weight.ts'
import { spend } from '../work.ts'
import { asList, defineOperator } from './operator.ts'

interface EachConfig {
  readonly list: Template
  readonly map: Template
  /** Elements for which it does not hold are left out. */
  readonly where?: Condition | undefined
  /** The step that says that elements were left out, where elements that fail are. */
  readonly omitsFor?: Owner | undefined
}

export const each = defineOperator<EachConfig>({
  name: '$each',
  keys: ['$map'],
  optionalKeys: ['$where', '$failed'],
  summary:
    'Makes a value of each element of a list; `item` is the element, `index` its position from 0. With `$where` only of those for which a condition holds. An element that fails fails the whole; with `$failed: omit` it is left out, and `Tessera-Degraded` says so.',
  example: '{ $each: $.product.list, $where: has(item.id), $map: { id: $.item.id, rank: $.index } }',
  parse({ $each, $map, $where, $failed }, parser) {
    if ($failed !== undefined && $failed !== 'omit') {
      parser.fault('invalid-value', '`$failed` is `omit`, or left away', ['$failed'])
      return undefined
    }
    const where = $where === undefined ? undefined : parser.condition($where, '$where')
    if ($where !== undefined && !where) return undefined
    const omitsFor = $failed === undefined ? undefined : parser.owner
    return { list: parser.template($each, '$each'), map: parser.template($map, '$map'), where, omitsFor }
  },
  parts: ({ list, map, where, omitsFor }) => {
    const mayFail = omitsFor !== undefined
    return [
      { template: list },
      ...(where ? [{ template: where, each: true, isCondition: true, mayFail }] : []),
      { template: map, each: true, mayFail, given: where?.expression.proves.whenTrue ?? [] },
    ]
  },
  compile({ list, map, where, omitsFor }, compile) {
    const readList = compile(list)
    const readElement = compile(map)
    const make = where ? compileWhere(where, readElement) : readElement
    const weight = weightOf(map) + (where ? 1 : 0)
    return (document) => {
      const elements = asList('$each', readList(document))
      if (!elements) return undefined
      spend(elements.length * weight)
      // Templates are pure and synchronous, so one copy of the context serves all elements.
      const inner: Document = { ...document }
      const made: unknown[] = []
      const told = new Set<string>()
      for (let index = 0; index < elements.length; index++) {
        inner.item = elements[index]
        inner.index = index
        if (omitsFor) addUnlessFailed(made, make, inner, omitsFor, told)
        else add(made, make(inner))
      }
      return made
    }
  },
  schema({ list, map }, schemaOf) {
    const items = schemaOf(map, { schema: schemaOf(list)?.items })
    return items ? { type: 'array', items } : { type: 'array' }
  },
  trace: ({ list, map }, trace) => trace(map, trace(list)).map((traced) => moveTo(traced, [null, ...traced.area])),
})

const leaveOut = Symbol('leave out')

function compileWhere({ expression }: Condition, read: Reader): Reader {
  return (document) => (expression.test(document) ? read(document) : leaveOut)
}

function add(made: unknown[], value: unknown): void {
  if (value !== leaveOut) made.push(value ?? null)
}

/** What an element's data can be at fault for; all else ends the request. */
const omitted: ReadonlySet<string> = new Set(['expression-failed', 'invalid-response'])

/** `told`: of one list each code is told once. */
function addUnlessFailed(made: unknown[], read: Reader, document: Document, { name }: Owner, told: Set<string>): void {
  try {
    add(made, read(document))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || !omitted.has(thrown.code)) throw thrown
    if (!told.has(thrown.code)) document[leftOut]?.push({ step: name, error: thrown })
    told.add(thrown.code)
  }
}
