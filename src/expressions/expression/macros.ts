import { isContainer } from '../container.ts'
import { spend } from '../work.ts'
import { compileAccess, isAccess, textOf } from './access.ts'
import type { CelNode } from './parse.ts'
import { type Bindings, type Compiled, demand, type Evaluate, EvaluationFailure, fail, refuse } from './scope.ts'
import { bool, double, dyn, nameOf, nameOfValue, string, type Type, unify } from './types.ts'
import { compileCondition, compileValue } from './value.ts'

interface MacroCall {
  readonly node: CelNode
  readonly receiver: CelNode | undefined
  readonly given: readonly CelNode[]
  readonly scope: Bindings
}

/** A call that is no function: it looks at its arguments before they are evaluated, or evaluates them many times. */
export interface Macro {
  readonly name: string
  matches(receiver: CelNode | undefined, count: number): boolean
  compile(call: MacroCall): Compiled
}

const onValue = (wanted: number) => (receiver: CelNode | undefined, count: number) =>
  receiver !== undefined && count === wanted
const onName = (name: string, wanted: number) => (receiver: CelNode | undefined, count: number) =>
  receiver?.op === 'id' && receiver.args === name && count === wanted

/** `exists` is true, `all` false as soon as an element is. As with `&&`, one that fails matters only where none decides. */
function quantifier(name: string, decisive: boolean): Macro {
  return {
    name,
    matches: onValue(2),
    compile: (call) => {
      const { items, inner, each } = bindElement(call)
      const condition = compileCondition(call.given[1]!, inner)
      const run: Evaluate = (document) => {
        let failure: EvaluationFailure | undefined
        for (const item of items(document)) {
          try {
            if (each(item, condition, document) === decisive) return decisive
          } catch (thrown) {
            if (!(thrown instanceof EvaluationFailure)) throw thrown
            failure ??= thrown
          }
        }
        if (failure) throw failure
        return !decisive
      }
      return { type: bool, run }
    },
  }
}

export const macros: readonly Macro[] = [
  {
    name: 'has',
    matches: (receiver, count) => receiver === undefined && count === 1,
    compile: ({ given: [asked], scope }) => {
      if (!asked || !isAccess(asked) || asked.op === 'id')
        return refuse(asked!, 'has() asks for a member: `has(user.id)`')
      const { run } = compileAccess(asked, scope, 'asked')
      return { type: bool, run: (document) => run(document) !== undefined }
    },
  },
  quantifier('all', false),
  quantifier('exists', true),
  {
    name: 'exists_one',
    matches: onValue(2),
    compile: (call) => {
      const { items, inner, each } = bindElement(call)
      const condition = compileCondition(call.given[1]!, inner)
      const holds = (item: unknown, document: Record<string, unknown>) => each(item, condition, document) === true
      return { type: bool, run: (document) => items(document).filter((item) => holds(item, document)).length === 1 }
    },
  },
  {
    name: 'filter',
    matches: onValue(2),
    compile: (call) => {
      const { items, inner, each, element } = bindElement(call)
      const condition = compileCondition(call.given[1]!, inner)
      const run: Evaluate = (document) => items(document).filter((item) => each(item, condition, document) === true)
      return { type: { kind: 'list', element }, run }
    },
  },
  {
    name: 'map',
    matches: (receiver, count) => receiver !== undefined && (count === 2 || count === 3),
    compile: (call) => {
      const { items, inner, each } = bindElement(call)
      const condition = call.given.length === 3 ? compileCondition(call.given[1]!, inner) : undefined
      const made = compileValue(call.given.at(-1)!, inner)
      const run: Evaluate = (document) => {
        const list = items(document)
        const chosen = condition ? list.filter((item) => each(item, condition, document) === true) : list
        return chosen.map((item) => each(item, made.run, document))
      }
      return { type: { kind: 'list', element: made.type }, run }
    },
  },
  {
    name: 'bind',
    matches: onName('cel', 3),
    compile: ({ given: [name, value, body], scope }) => {
      const bound = compileValue(value!, scope)
      const { inner, each } = bindName(name!, bound.type, scope)
      const made = compileValue(body!, inner)
      return { type: made.type, run: (document) => each(bound.run(document), made.run, document) }
    },
  },
  {
    name: 'orValue',
    matches: onValue(1),
    compile: ({ receiver, given: [other], scope }) => {
      const asked = compileOptional(receiver!, scope)
      const instead = compileValue(other!, scope)
      const run: Evaluate = (document) => firstThere(asked.run, instead.run, document)
      return { type: unify(opened(asked.type), instead.type), run }
    },
  },
  {
    name: 'or',
    matches: onValue(1),
    compile: ({ receiver, given: [other], scope }) => {
      const asked = compileOptional(receiver!, scope)
      const instead = compileOptional(other!, scope)
      const type = { ...unify(opened(asked.type), opened(instead.type)), optional: true }
      return { type, run: (document) => firstThere(asked.run, instead.run, document) }
    },
  },
  {
    name: 'hasValue',
    matches: onValue(0),
    compile: ({ receiver, scope }) => {
      const { run } = compileOptional(receiver!, scope)
      return { type: bool, run: (document) => run(document) !== undefined }
    },
  },
  {
    name: 'value',
    matches: onValue(0),
    compile: ({ receiver, scope }) => {
      const { type, run } = compileOptional(receiver!, scope)
      return { type: opened(type), run: demand(run, textOf(receiver!)) }
    },
  },
  {
    name: 'of',
    matches: onName('optional', 1),
    compile: ({ given: [value], scope }) => {
      const { type, run } = compileValue(value!, scope)
      return { type: { ...type, optional: true }, run }
    },
  },
  {
    name: 'none',
    matches: onName('optional', 0),
    compile: () => ({ type: { kind: 'dyn', optional: true }, run: () => undefined }),
  },
]

function firstThere(asked: Evaluate, instead: Evaluate, document: Record<string, unknown>): unknown {
  const value = asked(document)
  return value === undefined ? instead(document) : value
}

function compileOptional(node: CelNode, scope: Bindings): Compiled {
  const compiled = scope.compile(node, scope)
  if (!compiled.type.optional)
    refuse(node, 'this is no optional', 'ask for the member with `.?`: `user.?id.orValue(x)`')
  return compiled
}

function opened({ optional: _, ...type }: Type): Type {
  return type
}

/** Binds a name for a piece of the expression; `each` runs that piece with a value in its place. */
function bindName(name: CelNode, type: Type, scope: Bindings) {
  if (name.op !== 'id') return refuse(name, 'a plain name stands here, to be used in what follows')
  const cell = { value: undefined as unknown }
  const inner: Bindings = { ...scope, variables: new Map([...scope.variables, [name.args, { type, cell }]]) }
  const each = (value: unknown, run: Evaluate, document: Record<string, unknown>): unknown => {
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

/** The parts of an expression: what evaluating it once takes, but for what it does in lists and texts. */
function nodesIn({ args }: CelNode): number {
  const count = (part: unknown): number => {
    if (Array.isArray(part)) return part.reduce((sum: number, one) => sum + count(one), 0)
    return typeof part === 'object' && part !== null && 'op' in part ? nodesIn(part as CelNode) : 0
  }
  return 1 + count(args)
}

/** Binds the element of a list, or the key of an object, that the receiver gives. */
function bindElement({ receiver, given, scope }: MacroCall) {
  const source = compileValue(receiver!, scope)
  const { kind } = source.type
  if (kind !== 'list' && kind !== 'map' && kind !== 'dyn') refuse(receiver!, `a ${nameOf(source.type)} is no list`)
  const element = kind === 'list' ? (source.type.element ?? dyn) : kind === 'map' ? string : dyn
  const weight = given.slice(1).reduce((sum, part) => sum + nodesIn(part), 0)
  const items = (document: Record<string, unknown>): readonly unknown[] => {
    const value = source.run(document)
    if (!isContainer(value)) return fail(`a ${nameOfValue(value)} is no list`)
    const list = Array.isArray(value) ? value : Object.keys(value)
    spend(list.length * weight)
    return list
  }
  return { items, element, ...bindName(given[0]!, element.kind === 'int' ? double : element, scope) }
}
