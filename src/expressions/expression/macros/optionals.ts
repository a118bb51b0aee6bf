import { isObject } from '../../container.ts'
import { textOf } from '../access.ts'
import { KeyedMap } from '../keyed-map.ts'
import { type Bindings, type Compiled, demand, type Evaluate, refuse } from '../scope.ts'
import type { CelNode } from '../syntax/node.ts'
import { Duration } from '../time.ts'
import { bool, type Type, unify } from '../types.ts'
import { compileValue } from '../value.ts'
import { bindName, type Macro, onName, onValue } from './macro.ts'

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

/** What is `0`, empty or false says nothing. */
function isZero(value: unknown): boolean {
  if (Array.isArray(value) || typeof value === 'string') return value.length === 0
  if (value instanceof KeyedMap) return value.size === 0
  if (isObject(value) && typeof value.valueOf() !== 'number') {
    for (const name in value) if (value[name] !== undefined) return false
    return true
  }
  return value === null || value === false || (value instanceof Duration && value.nanos === 0n) || value === 0
}

/** Looks into an optional: what is made of its value, where there is one. */
function mapping(name: string, isFlat: boolean, about: Pick<Macro, 'summary' | 'example'>): Macro {
  return {
    name,
    forms: [`optional.${name}(x, ${isFlat ? 'optional' : 'value'})`],
    ...about,
    matches: onValue(2),
    compile: ({ receiver, given, scope }) => {
      const asked = compileOptional(receiver!, scope)
      const { inner, each } = bindName(given[0]!, opened(asked.type), scope)
      const made = isFlat ? compileOptional(given[1]!, inner) : compileValue(given[1]!, inner)
      const run: Evaluate = (document) => {
        const value = asked.run(document)
        return value === undefined ? undefined : each(value, made.run, document)
      }
      return { type: { ...made.type, optional: true }, run }
    },
  }
}

export const optionals: readonly Macro[] = [
  {
    name: 'orValue',
    forms: ['optional.orValue(value)'],
    summary: 'The value of an optional, or another where there is none.',
    example: ["{'a': 1}.?b.orValue(2)", '2'],
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
    forms: ['optional.or(optional)'],
    summary: 'The first of two optionals that has a value.',
    example: ["{'b': 1}.?a.or({'b': 1}.?b).orValue(2)", '1'],
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
    forms: ['optional.hasValue()'],
    summary: 'Whether an optional has a value.',
    example: ["{'a': 1}.?a.hasValue()", 'true'],
    matches: onValue(0),
    compile: ({ receiver, scope }) => {
      const { run } = compileOptional(receiver!, scope)
      return { type: bool, run: (document) => run(document) !== undefined }
    },
  },
  {
    name: 'value',
    forms: ['optional.value()'],
    summary: 'The value of an optional; without one the expression fails.',
    example: ["{'a': 1}.?a.value()", '1'],
    matches: onValue(0),
    compile: ({ receiver, scope }) => {
      const { type, run } = compileOptional(receiver!, scope)
      return { type: opened(type), run: demand(run, textOf(receiver!)) }
    },
  },
  mapping('optMap', false, {
    summary: 'What is made of the value of an optional, as an optional.',
    example: ["{'a': 1}.?a.optMap(x, x + 1).orValue(0)", '2'],
  }),
  mapping('optFlatMap', true, {
    summary: 'The optional that is made of the value of another.',
    example: ["{'a': {'b': 1}}.?a.optFlatMap(x, x.?b).orValue(0)", '1'],
  }),
  {
    name: 'of',
    space: 'optional',
    forms: ['optional.of(value)'],
    summary: 'An optional with a value.',
    example: ['optional.of(1).hasValue()', 'true'],
    matches: onName('optional', 1),
    compile: ({ given: [value], scope }) => {
      const { type, run } = compileValue(value!, scope)
      return { type: { ...type, optional: true }, run }
    },
  },
  {
    name: 'ofNonZeroValue',
    space: 'optional',
    forms: ['optional.ofNonZeroValue(value)'],
    summary: 'An optional with a value, unless that is null, false, 0 or empty.',
    example: ["optional.ofNonZeroValue('').orValue('none')", "'none'"],
    matches: onName('optional', 1),
    compile: ({ given: [value], scope }) => {
      const { type, run } = compileValue(value!, scope)
      const orNone: Evaluate = (document) => {
        const found = run(document)
        return isZero(found) ? undefined : found
      }
      return { type: { ...type, optional: true }, run: orNone }
    },
  },
  {
    name: 'none',
    space: 'optional',
    forms: ['optional.none()'],
    summary: 'An optional without a value.',
    example: ['optional.none().hasValue()', 'false'],
    matches: onName('optional', 0),
    compile: () => ({ type: { kind: 'dyn', optional: true }, run: () => undefined }),
  },
]
