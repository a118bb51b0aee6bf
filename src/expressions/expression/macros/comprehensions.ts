import { spend } from '../../work.ts'
import { type Evaluate, EvaluationFailure, fail } from '../scope.ts'
import { sortBy } from '../sorting.ts'
import { bool, dyn, nameOfValue } from '../types.ts'
import { unsafeKeys } from '../unsafe-keys.ts'
import { compileCondition, compileValue } from '../value.ts'
import { bindElements, type Macro, type MacroCall, onValue } from './macro.ts'

/** `exists` is true, `all` false as soon as an element is. As with `&&`, one that fails matters only where none decides, but where a condition lets in. */
function quantifier(decisive: boolean, about: Omit<Macro, 'matches' | 'compile' | 'forms'>): Macro {
  const { name } = about
  return {
    ...about,
    forms: [`list.${name}(x, condition)`, `list.${name}(i, x, condition)`, `object.${name}(key, value, condition)`],
    matches: onValue(2, 3),
    compile: (call) => {
      const { items, inner, each } = bindElements(call, call.given.length - 1)
      const condition = compileCondition(call.given.at(-1)!, inner)
      const run: Evaluate = (document) => {
        let failure: EvaluationFailure | undefined
        for (const item of items(document)) {
          try {
            if (each(item, condition, document) === decisive) return decisive
          } catch (thrown) {
            if (inner.strict || !(thrown instanceof EvaluationFailure)) throw thrown
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

function existsOne(name: string, example: string): Macro {
  return {
    name,
    forms: [`list.${name}(x, condition)`, `list.${name}(i, x, condition)`, `object.${name}(key, value, condition)`],
    summary: 'Whether a condition holds for exactly one element.',
    example: [example, 'true'],
    matches: onValue(2, 3),
    compile: (call) => {
      const { items, inner, each } = bindElements(call, call.given.length - 1)
      const condition = compileCondition(call.given.at(-1)!, inner)
      const holds = (item: unknown, document: Record<string, unknown>) => each(item, condition, document) === true
      return { type: bool, run: (document) => items(document).filter((item) => holds(item, document)).length === 1 }
    },
  }
}

/** What two-variable transformations have in common: the elements that a condition leaves, and what is made of each. */
function bindTransformation(call: MacroCall, count: 1 | 2) {
  const { items, inner, each } = bindElements(call, count)
  const condition = call.given.length === count + 2 ? compileCondition(call.given[count]!, inner) : undefined
  const made = compileValue(call.given.at(-1)!, inner)
  const chosen = (document: Record<string, unknown>) => {
    const list = items(document)
    return condition ? list.filter((item) => each(item, condition, document) === true) : list
  }
  return {
    chosen,
    type: made.type,
    make: (item: unknown, document: Record<string, unknown>) => each(item, made.run, document),
  }
}

function compileList(call: MacroCall, count: 1 | 2) {
  const { chosen, type, make } = bindTransformation(call, count)
  const run: Evaluate = (document) => chosen(document).map((item) => make(item, document))
  return { type: { kind: 'list', element: type } as const, run }
}

/** Adds a member that is not there yet. */
function addMember(object: Record<string, unknown>, name: unknown, value: unknown): void {
  if (typeof name !== 'string' || unsafeKeys.has(name))
    fail(`${typeof name === 'string' ? 'this text' : nameOfValue(name)} cannot be a key`)
  if (Object.hasOwn(object, name as string)) fail('a key is given twice')
  object[name as string] = value
}

export const comprehensions: readonly Macro[] = [
  quantifier(false, {
    name: 'all',
    summary: 'Whether a condition holds for every element.',
    example: ['[1, 2, 3].all(x, x > 0)', 'true'],
  }),
  quantifier(true, {
    name: 'exists',
    summary: 'Whether a condition holds for an element.',
    example: ["{'a': 1, 'b': 2}.exists(key, value, key == 'b' && value == 2)", 'true'],
  }),
  existsOne('exists_one', '[1, 2, 3].exists_one(x, x > 2)'),
  existsOne('existsOne', '[1, 2, 3].existsOne(i, x, i == 1 && x == 2)'),
  {
    name: 'filter',
    forms: ['list.filter(x, condition)'],
    summary: 'The elements for which a condition holds.',
    example: ['[1, 2, 3].filter(x, x != 2)', '[1, 3]'],
    matches: onValue(2),
    compile: (call) => {
      const { items, inner, each, element } = bindElements(call)
      const condition = compileCondition(call.given[1]!, inner)
      const run: Evaluate = (document) => items(document).filter((item) => each(item, condition, document) === true)
      return { type: { kind: 'list', element }, run }
    },
  },
  {
    name: 'map',
    forms: ['list.map(x, value)', 'list.map(x, condition, value)'],
    summary: 'A value made of each element, or of those for which a condition holds.',
    example: ['[1, 2, 3].map(x, x > 1, x * 10)', '[20, 30]'],
    matches: onValue(2, 3),
    compile: (call) => compileList(call, 1),
  },
  {
    name: 'sortBy',
    forms: ['list.sortBy(x, key)'],
    summary: 'In ascending order of a key of each element; those of equal keys stay as they stand.',
    example: ["[{'n': 2}, {'n': 1}].sortBy(x, x.n)", "[{'n': 1}, {'n': 2}]"],
    matches: onValue(2),
    compile: (call) => {
      const { items, inner, each, element } = bindElements(call)
      const key = compileValue(call.given[1]!, inner)
      const run: Evaluate = (document) => {
        const list = items(document)
        return sortBy(
          list,
          list.map((item) => each(item, key.run, document)),
        )
      }
      return { type: { kind: 'list', element }, run }
    },
  },
  {
    name: 'transformList',
    forms: ['list.transformList(i, x, value)', 'object.transformList(key, x, condition, value)'],
    summary: 'A list of a value made of each element, or of those for which a condition holds.',
    example: ["{'a': 1, 'b': 2}.transformList(key, x, key + string(x))", "['a1', 'b2']"],
    matches: onValue(3, 4),
    compile: (call) => compileList(call, 2),
  },
  {
    name: 'transformMap',
    forms: ['object.transformMap(key, x, value)', 'object.transformMap(key, x, condition, value)'],
    summary: 'An object with the same keys and a value made of each member, or of those for which a condition holds.',
    example: ["{'a': 1, 'b': 2}.transformMap(key, x, x > 1, x * 10)", "{'b': 20}"],
    matches: onValue(3, 4),
    compile: (call) => {
      const { chosen, make } = bindTransformation(call, 2)
      const run: Evaluate = (document) => {
        const object: Record<string, unknown> = {}
        for (const pair of chosen(document)) addMember(object, (pair as [unknown])[0], make(pair, document))
        return object
      }
      return { type: { kind: 'map' }, run }
    },
  },
  {
    name: 'transformMapEntry',
    forms: ['list.transformMapEntry(i, x, entry)', 'object.transformMapEntry(key, x, condition, entry)'],
    summary: 'An object of the members of an object made of each element; no key may come twice.',
    example: ["['a', 'b'].transformMapEntry(i, x, {x: i})", "{'a': 0, 'b': 1}"],
    matches: onValue(3, 4),
    compile: (call) => {
      const { chosen, make } = bindTransformation(call, 2)
      const run: Evaluate = (document) => {
        const object: Record<string, unknown> = {}
        for (const pair of chosen(document)) {
          const entry = make(pair, document)
          if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
            return fail(`an entry is an object, not a ${nameOfValue(entry)}`)
          const members = Object.entries(entry)
          spend(members.length)
          for (const [name, value] of members) addMember(object, name, value)
        }
        return object
      }
      return { type: { kind: 'map', element: dyn }, run }
    },
  },
]
