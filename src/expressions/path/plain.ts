import { Decimal } from '../../numbers.ts'
import { isContainer } from '../container.ts'
import { spend } from '../work.ts'
import { compileFilter, type Filter } from './filter.ts'
import type { Segment, Selector } from './selectors.ts'

type Read = (value: unknown) => unknown
type Collect = (value: unknown, into: unknown[], root: unknown) => void

/** Compiles a singular query (names and indexes only) to a walk over own properties; undefined where there is nothing. */
export function compileSingular(prefix: readonly (string | number)[]): Read {
  const [first, second, third, ...others] = prefix.map((part) =>
    typeof part === 'string' ? readName(part) : readIndex(part),
  )
  if (!first) return (value) => value
  if (!second) return first
  if (!third) return (value) => second(first(value))
  if (others.length === 0) return (value) => third(second(first(value)))
  return (value) => {
    let found = third(second(first(value)))
    for (const read of others) found = read(found)
    return found
  }
}

/** Compiles a query of names, indexes, wildcards, slices and filters to loops; the values come in the order of the document. */
export function compilePlain(segments: readonly Segment[]): (document: unknown) => unknown[] {
  const collectors = segments.map((segment) => segment.map(compileSelector))
  return (document) => {
    let found = [document]
    for (const collect of collectors) {
      spend(found.length * collect.length)
      const next: unknown[] = []
      for (const value of found) for (const select of collect) select(value, next, document)
      found = next
    }
    return found
  }
}

function compileSelector(selector: Selector): Collect {
  switch (selector.kind) {
    case 'name':
      return collectOne(readName(selector.name))
    case 'index':
      return collectOne(readIndex(selector.index))
    case 'wildcard':
      return (value, into) => {
        if (!isContainer(value)) return
        const children = Array.isArray(value) ? value : Object.values(value)
        spend(children.length)
        for (const child of children) if (child !== undefined) into.push(child)
      }
    case 'slice':
      return compileSlice(selector)
    case 'filter':
      return compileFiltered(selector.filter)
  }
}

function compileFiltered(filter: Filter): Collect {
  const passes = compileFilter(filter, compileSingular)
  return (value, into, root) => {
    if (!isContainer(value)) return
    const children = Array.isArray(value) ? value : Object.values(value)
    spend(children.length)
    for (const child of children) if (child !== undefined && passes(child, root)) into.push(child)
  }
}

function collectOne(read: Read): Collect {
  return (value, into) => {
    const found = read(value)
    if (found !== undefined) into.push(found)
  }
}

function readName(name: string): Read {
  // Only names that an object may inherit need the slower question whether the property is the object's own.
  if (name in Decimal.prototype) {
    return (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined
  }
  return (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)[name]
      : undefined
}

function readIndex(index: number): Read {
  if (index < 0) return (value) => (Array.isArray(value) ? value[value.length + index] : undefined)
  return (value) => (Array.isArray(value) ? value[index] : undefined)
}

/** RFC 9535, 2.3.4.2.2. */
function compileSlice({ start, end, step }: Selector & { kind: 'slice' }): Collect {
  const bound = (index: number, length: number, low: number, high: number) =>
    Math.min(Math.max(index < 0 ? length + index : index, low), high)
  return (value, into) => {
    if (!Array.isArray(value) || step === 0) return
    const { length } = value
    spend(Math.ceil(length / Math.abs(step)))
    if (step > 0) {
      const stop = bound(end ?? length, length, 0, length)
      for (let i = bound(start ?? 0, length, 0, length); i < stop; i += step) into.push(value[i])
    } else {
      const stop = end === undefined ? -1 : bound(end, length, -1, length - 1)
      for (let i = bound(start ?? length - 1, length, -1, length - 1); i > stop; i += step) into.push(value[i])
    }
  }
}
