import { KeyedMap } from './keyed-map.ts'
import { type Bindings, type Compiled, type Evaluate, fail, refuse } from './scope.ts'
import type { CelNode } from './syntax/node.ts'
import { dyn, isNumeric, nameOf, nameOfValue, type Type, unify } from './types.ts'
import { unsafeKeys } from './unsafe-keys.ts'
import { compileValue } from './value.ts'

/** An element or member that may be left out, where it is an optional without a value. */
function compileEntry(node: CelNode, isOptional: boolean, scope: Bindings): Compiled {
  if (!isOptional) return compileValue(node, scope)
  const { type, run } = scope.compile(node, scope)
  if (!type.optional) refuse(node, 'this is no optional', 'ask for the member with `.?`: `user.?id`')
  const { optional: _, ...opened } = type
  return { type: opened, run }
}

export function compileList({ args }: CelNode & { op: 'list' }, scope: Bindings): Compiled {
  const items = args.map((item) =>
    item.op === '?_' ? compileEntry(item.args, true, scope) : compileEntry(item, false, scope),
  )
  const runs = items.map(({ run }) => run)
  const element = items.length > 0 ? items.map(({ type }) => type).reduce(unify) : dyn
  const make: Evaluate = (document) => runs.map((run) => run(document))
  const isWhole = args.every(({ op }) => op !== '?_')
  const run: Evaluate = isWhole
    ? make
    : (document) => (make(document) as unknown[]).filter((item) => item !== undefined)
  return { type: { kind: 'list', element }, run }
}

export function compileMap({ args }: CelNode & { op: 'map' }, scope: Bindings): Compiled {
  const members = new Map<string, Type>()
  const types: Type[] = []
  const entries = args.map(([given, valueNode]) => {
    const keyNode = given.op === '?_' ? given.args : given
    const key = compileValue(keyNode, scope)
    if (!isKey(key.type)) refuse(keyNode, `a key is text, not a ${nameOf(key.type)}`)
    const value = compileEntry(valueNode, given.op === '?_', scope)
    const literal = keyNode.op === 'value' ? String(keyNode.args) : undefined
    if (literal !== undefined && unsafeKeys.has(literal))
      refuse(keyNode, `\`${literal}\` is not allowed as a key`, undefined, 'unsafe-key')
    if (literal !== undefined) members.set(literal, value.type)
    types.push(key.type)
    return { key: key.run, value: value.run }
  })
  if (types.some((type) => isNumeric(type) || type.kind === 'bool')) return compileKeyedMap(entries, scope)
  return {
    type: { kind: 'map', members },
    run: (document) => {
      const object: Record<string, unknown> = {}
      for (const entry of entries) {
        const key = entry.key(document)
        const value = entry.value(document)
        if (typeof key !== 'string' || unsafeKeys.has(key))
          fail(`${typeof key === 'string' ? 'this text' : nameOfValue(key)} cannot be a key`)
        // Only an optional has no value.
        if (value !== undefined) object[key as string] = value
      }
      return object
    },
  }
}

function isKey(type: Type): boolean {
  return isNumeric(type) || ['string', 'bool', 'dyn'].includes(type.kind)
}

function compileKeyedMap(entries: readonly { key: Evaluate; value: Evaluate }[], scope: Bindings): Compiled {
  scope.notes.hasMoreThanJson = true
  return {
    type: { kind: 'map', keyed: true },
    run: (document) => {
      const map = new KeyedMap()
      for (const entry of entries) {
        const key = entry.key(document)
        const value = entry.value(document)
        if (value !== undefined && !map.add(key, value)) fail(`${nameOfValue(key)} cannot be a key, or is one twice`)
      }
      return map
    },
  }
}
