import type { Path } from '../../yaml/source.ts'
import { describeSchema } from '../hover/key.ts'
import { tellOperator } from '../hover/operator.ts'
import { namesByMeaning } from './names.ts'
import type { Situation, Suggestion } from './suggestion.ts'

/**
 * The keys that a mapping at a path may still get.
 * @param tail what goes behind a key, unless it is there already
 */
export function suggestKeys(owner: Path, situation: Situation, tail: string): Suggestion[] {
  const { view, value } = situation
  const written = valueAt(value, owner)
  // A list that has nothing in it yet: its elements are mappings.
  const isEmptyList = !Array.isArray(written) && view.at(owner, value).some(({ items }) => items !== undefined)
  const elements = isEmptyList ? keysOf([...owner, 0], situation, tail) : []
  const taken = new Set(Object.keys((written ?? {}) as object))
  return [
    ...keysOf(owner, situation, tail),
    ...suggestNamesAsKeys(owner, situation, tail),
    ...suggestOperators(owner, situation, tail),
    ...elements.map((one) => ({ ...one, text: `- ${one.text}` })),
  ].filter(({ label }) => !taken.has(label))
}

function keysOf(owner: Path, { view, value }: Situation, tail: string): Suggestion[] {
  return view.keysAt(owner, value).map(({ name, schema }) => ({
    label: name,
    text: name + tail,
    kind: 'Property',
    documentation: describeSchema(schema),
    order: 1,
  }))
}

function suggestNamesAsKeys(owner: Path, situation: Situation, tail: string): Suggestion[] {
  const meaning = situation.view.meaningOfKeys(owner, situation.value)
  const names = meaning ? namesByMeaning[meaning]?.(situation) : undefined
  return (names ?? []).map((one) => ({ ...one, text: one.label + tail }))
}

function suggestOperators(owner: Path, { view, value, world }: Situation, tail: string): Suggestion[] {
  if (view.meaningAt(owner, value) !== 'template') return []
  const { operators } = world.registry
  const written = Object.keys((valueAt(value, owner) ?? {}) as object)
  const begun = [...operators.values()].find(({ name }) => written.includes(name))
  const names = begun ? [...begun.keys, ...(begun.optionalKeys ?? [])] : [...operators.keys()]
  return names.map((name) => ({
    label: name,
    text: name + tail,
    kind: 'Operator',
    documentation: tellOperator(name, operators),
    order: 2,
  }))
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    root,
  )
}
