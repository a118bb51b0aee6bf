import { isContainer } from '../../container.ts'
import { spend } from '../../work.ts'
import { KeyedMap } from '../keyed-map.ts'
import { type Bindings, type Compiled, type Evaluate, fail, refuse } from '../scope.ts'
import type { CelNode } from '../syntax/node.ts'
import { double, dyn, int, nameOf, nameOfValue, string, type Type } from '../types.ts'
import { compileValue } from '../value.ts'

export interface MacroCall {
  readonly node: CelNode
  readonly receiver: CelNode | undefined
  readonly given: readonly CelNode[]
  readonly scope: Bindings
}

/** A call that is no function: it looks at its arguments before they are evaluated, or evaluates them many times. */
export interface Macro {
  readonly name: string
  /** What it is called on, where that is a name: `cel` of `cel.bind`. */
  readonly space?: string
  /** How it is called, for the reference. */
  readonly forms: readonly string[]
  readonly summary: string
  readonly example: readonly [expression: string, value: string]
  matches(receiver: CelNode | undefined, count: number): boolean
  compile(call: MacroCall): Compiled
}

export const onValue =
  (...wanted: number[]) =>
  (receiver: CelNode | undefined, count: number) =>
    receiver !== undefined && wanted.includes(count)

export const onName =
  (name: string, ...wanted: number[]) =>
  (receiver: CelNode | undefined, count: number) =>
    receiver?.op === 'id' && receiver.args === name && wanted.includes(count)

type Document = Record<string, unknown>

/** Binds names for a piece of the expression, each to a cell. */
function bindNames(names: readonly CelNode[], types: readonly Type[], scope: Bindings) {
  const variables = new Map(scope.variables)
  const cells = names.map((name, i) => {
    if (name.op !== 'id') return refuse(name, 'a plain name stands here, to be used in what follows')
    const cell = { value: undefined as unknown }
    variables.set(name.args, { type: types[i]!, cell })
    return cell
  })
  return { inner: { ...scope, variables }, cells }
}

/** Binds one name; `each` runs a piece of the expression with a value in its place. */
export function bindName(name: CelNode, type: Type, scope: Bindings) {
  const { inner, cells } = bindNames([name], [type], scope)
  const [cell] = cells as [{ value: unknown }]
  const each = (value: unknown, run: Evaluate, document: Document): unknown => {
    const before = cell.value
    cell.value = value
    try {
      return run(document)
    } finally {
      cell.value = before
    }
  }
  return { inner, each }
}

/** Binds two names; `each` runs a piece of the expression with a pair of values in their places. */
function bindPair(names: readonly [CelNode, CelNode], types: readonly Type[], scope: Bindings) {
  const [one, other] = names
  if (one.args === other.args) refuse(other, 'the second name is another than the first')
  const { inner, cells } = bindNames(names, types, scope)
  const [first, second] = cells as [{ value: unknown }, { value: unknown }]
  const each = (pair: unknown, run: Evaluate, document: Document): unknown => {
    const before = [first.value, second.value]
    ;[first.value, second.value] = pair as [unknown, unknown]
    try {
      return run(document)
    } finally {
      ;[first.value, second.value] = before
    }
  }
  return { inner, each }
}

/** The parts of an expression: what evaluating it once takes, but for what it does in lists and texts. */
function nodesIn({ args }: CelNode): number {
  const count = (part: unknown): number => {
    if (Array.isArray(part)) return part.reduce((sum: number, one) => sum + count(one), 0)
    return typeof part === 'object' && part !== null && 'op' in part ? nodesIn(part as CelNode) : 0
  }
  return 1 + count(args)
}

/**
 * Binds the names that a comprehension begins with. One is the element of a list, or the key of an object; two are index
 * and element, or key and value.
 */
export function bindElements({ receiver, given, scope }: MacroCall, count = 1) {
  const source = compileValue(receiver!, scope)
  const { kind } = source.type
  if (kind !== 'list' && kind !== 'map' && kind !== 'dyn') refuse(receiver!, `a ${nameOf(source.type)} is no list`)
  const weight = given.slice(count).reduce((sum, part) => sum + nodesIn(part), 0)
  /** The values of its names for each element: one, or a pair. */
  const items = (document: Document): readonly unknown[] => {
    const value = source.run(document)
    if (!isContainer(value)) return fail(`a ${nameOfValue(value)} is no list`)
    const list = Array.isArray(value)
    const keyed = value instanceof KeyedMap ? value : undefined
    const elements: readonly unknown[] = list ? value : (keyed?.keys() ?? Object.keys(value))
    spend(elements.length * weight)
    if (count === 1) return elements
    if (list) return elements.map((element, index) => [index, element])
    return keyed ? [...keyed.members] : Object.entries(value)
  }
  const element =
    kind === 'list' ? (source.type.element ?? dyn) : kind === 'map' && count === 1 ? keyOf(source.type) : dyn
  const type = element.kind === 'int' ? double : element
  const bound =
    count === 1
      ? bindName(given[0]!, type, scope)
      : bindPair(
          [given[0]!, given[1]!],
          [kind === 'list' ? int : kind === 'map' ? keyOf(source.type) : dyn, type],
          scope,
        )
  return { items, element, ...bound }
}

function keyOf({ keyed }: Type): Type {
  return keyed ? dyn : string
}
