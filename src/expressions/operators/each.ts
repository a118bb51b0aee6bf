import { GatewayError } from '../../errors.ts'
import { type Document, leftOut } from '../document.ts'
import type { Owner, Template } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { weightOf } from '../template/weight.ts'
import { spend } from '../work.ts'
import { asList, defineOperator } from './operator.ts'

interface EachConfig {
  readonly list: Template
  readonly map: Template
  /** The step that says that elements were left out, where elements that fail are. */
  readonly omitsFor?: Owner | undefined
}

export const each = defineOperator<EachConfig>({
  name: '$each',
  keys: ['$map'],
  optionalKeys: ['$failed'],
  summary:
    'Makes a value of each element of a list; `item` is the element, `index` its position from 0. An element that fails fails the whole; with `$failed: omit` it is left out, and `Tessera-Degraded` says so.',
  example: '{ $each: $.product.list, $map: { id: $.item.id, rank: $.index } }',
  parse({ $each, $map, $failed }, parser) {
    if ($failed !== undefined && $failed !== 'omit') {
      parser.fault('invalid-value', '`$failed` is `omit`, or left away', ['$failed'])
      return undefined
    }
    const parts = { list: parser.template($each, '$each'), map: parser.template($map, '$map') }
    return $failed === undefined ? parts : { ...parts, omitsFor: parser.owner }
  },
  parts: ({ list, map, omitsFor }) => [
    { template: list },
    { template: map, each: true, ...(omitsFor && { mayFail: true }) },
  ],
  compile({ list, map, omitsFor }, compile) {
    const readList = compile(list)
    const readElement = compile(map)
    const weight = weightOf(map)
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
        if (omitsFor) addUnlessFailed(made, readElement, inner, omitsFor, told)
        else made.push(readElement(inner) ?? null)
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

/** What an element's data can be at fault for; all else ends the request. */
const omitted: ReadonlySet<string> = new Set(['expression-failed', 'invalid-response'])

/** `told`: of one list each code is told once. */
function addUnlessFailed(
  made: unknown[],
  read: (document: Document) => unknown,
  document: Document,
  { name }: Owner,
  told: Set<string>,
): void {
  try {
    made.push(read(document) ?? null)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || !omitted.has(thrown.code)) throw thrown
    if (!told.has(thrown.code)) document[leftOut]?.push({ step: name, error: thrown })
    told.add(thrown.code)
  }
}
