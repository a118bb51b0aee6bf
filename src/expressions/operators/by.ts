import { insideElement } from '../area.ts'
import { isObject } from '../container.ts'
import type { Document } from '../document.ts'
import type { OperatorParser, OperatorPart, Reader, Template, Traced, TraceOf, Where } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { weightOf } from '../template/weight.ts'
import { spend } from '../work.ts'
import { unsafeKeys } from './operator.ts'

/** What elements are told apart by: the name of a member, or a template from the element. */
type Key = string | Template

export interface By {
  readonly keys: readonly Key[]
  /** It was written as a list: then so is what it gives. */
  readonly isList: boolean
}

/** Parses `by`: a name, a path from the element (`$.item.price.cents`), or a list of these. */
export function parseBy(value: unknown, parser: OperatorParser, ...path: Where): By | undefined {
  const isList = Array.isArray(value)
  const given: readonly unknown[] = isList ? value : [value]
  const keys = given.map((one, i) => parseKey(one, parser, isList ? [...path, i] : path))
  if (given.length === 0) parser.fault('invalid-value', '`by` has a name or a path', path)
  return given.length > 0 && keys.every((key) => key !== undefined) ? { keys, isList } : undefined
}

function parseKey(value: unknown, parser: OperatorParser, path: Where): Key | undefined {
  if (typeof value === 'string' && value !== '' && !value.startsWith('$') && !unsafeKeys.has(value)) return value
  if (typeof value === 'string' && value.startsWith('$')) return parser.template(value, ...path)
  parser.fault('invalid-value', '`by` is a name, a path from the element (`$.item.price.cents`), or a list', path)
  return undefined
}

export function partsOfBy(by: By | undefined): OperatorPart[] {
  return templatesOf(by).map((template) => ({ template, each: true, tolerant: true }))
}

function templatesOf(by: By | undefined): Template[] {
  return by?.keys.filter((key) => typeof key !== 'string') ?? []
}

type KeysOf = (elements: readonly unknown[], document: Document) => readonly unknown[]

/** Gives the key of each element: the element itself where nothing says by what; undefined where it is absent. */
export function compileBy(by: By | undefined, compile: (template: Template) => Reader): KeysOf {
  if (!by) return (elements) => elements
  const readers = by.keys.map((key) => (typeof key === 'string' ? readMember(key) : compile(key)))
  const weight = readers.length + templatesOf(by).reduce((sum, template) => sum + weightOf(template), 0)
  const [only] = readers as [Reader]
  return (elements, document) => {
    spend(elements.length * weight)
    const inner: Document = { ...document }
    return elements.map((item, index) => {
      inner.item = item
      inner.index = index
      return by.isList ? readers.map((read) => read(inner) ?? null) : only(inner)
    })
  }
}

function readMember(name: string): Reader {
  return ({ item }) => (isObject(item) && Object.hasOwn(item, name) ? item[name] : undefined)
}

/** What is followed of a list's elements lies where its keys are put. */
export function traceBy(by: By, of: Template, trace: TraceOf): Traced[] {
  const list = trace(of)
  return by.keys.flatMap((key, i) => {
    const found =
      typeof key === 'string'
        ? list.flatMap((traced) => {
            const [member, ...rest] = insideElement(traced.area)
            const isHere = member === undefined || member === null || member === key
            return isHere ? [moveTo(traced, rest)] : []
          })
        : trace(key, list)
    return by.isList ? found.map((traced) => moveTo(traced, [i, ...traced.area])) : found
  })
}
