import type { OperatorParser, OperatorPart, Reader, Template, Traced, TraceOf } from '../template/nodes.ts'
import { moveTo } from '../template/trace.ts'
import { spend } from '../work.ts'
import { asList, misfit, unsafeKeys } from './operator.ts'

/** The names that `$pick` and `$omit` have: written in the file, or made by a template. */
export type Names = readonly string[] | Template

export function isFixed(names: Names): names is readonly string[] {
  return Array.isArray(names)
}

export function parseNames(key: string, value: unknown, parser: OperatorParser): Names | undefined {
  const isList = Array.isArray(value)
  if (isList && value.every((name) => typeof name === 'string' && !name.includes('$') && !unsafeKeys.has(name)))
    return value
  if (isList || (typeof value === 'string' && value.startsWith('$')) || (typeof value === 'object' && value !== null)) {
    const isUnsafe = isList && value.some((name) => unsafeKeys.has(name) || typeof name === 'number')
    if (!isUnsafe) return parser.template(value, key)
  }
  parser.fault('invalid-value', `\`${key}\` is a list of names`, [key])
  return undefined
}

export function partsOfNames(names: Names): OperatorPart[] {
  return isFixed(names) ? [] : [{ template: names }]
}

/** Undefined where the names are absent. */
export function compileNames(
  key: string,
  names: Names,
  compile: (template: Template) => Reader,
): (document: Parameters<Reader>[0]) => readonly string[] | undefined {
  if (isFixed(names)) return () => names
  const read = compile(names)
  return (document) => {
    const list = asList(key, read(document))
    if (!list) return undefined
    spend(list.length)
    const there = list.filter((name) => name !== null && name !== undefined)
    const isText = (name: unknown): name is string => typeof name === 'string'
    return there.every(isText)
      ? there
      : misfit(
          key,
          'a list of names',
          there.find((name) => !isText(name)),
        )
  }
}

/** A name that data gives is told by what the object has for members. */
export function traceNames(names: Names, trace: TraceOf): Traced[] {
  return isFixed(names) ? [] : trace(names).map((traced) => moveTo(traced, []))
}
