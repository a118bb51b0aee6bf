import { isObject } from '../container.ts'
import type { JsonSchema } from '../schema.ts'
import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { asObject, defineOperator, unsafeKeys } from './operator.ts'

interface Merge {
  readonly objects: readonly Template[]
  readonly isDeep: boolean
}

type Members = Record<string, unknown>

export const merge = defineOperator<Merge>({
  name: '$merge',
  keys: [],
  optionalKeys: ['deep'],
  summary:
    'Puts objects together; of members with the same name the later one wins. With `deep: true` two that are objects are put together too. What is absent is skipped.',
  example: '{ $merge: [ $.user.profile, { segment: $.user.segment } ], deep: true }',
  parse({ $merge, deep = false }, parser) {
    if (typeof deep !== 'boolean') {
      parser.fault('invalid-value', '`deep` is true or false', ['deep'])
      return undefined
    }
    if (Array.isArray($merge))
      return { objects: $merge.map((value, i) => parser.template(value, '$merge', i)), isDeep: deep }
    parser.fault('invalid-value', '`$merge` is a list of objects', ['$merge'])
    return undefined
  },
  parts: ({ objects }) => objects.map((template) => ({ template, tolerant: true })),
  compile({ objects, isDeep }, compile) {
    const readers = objects.map(compile)
    return (document) => {
      const merged: Members = {}
      for (const read of readers) {
        const object = asObject('$merge', read(document))
        if (object) addMembers(merged, object, isDeep)
      }
      return merged
    }
  },
  schema({ objects, isDeep }, schemaOf) {
    const schemas = objects.map((template) => schemaOf(template))
    const properties: Record<string, JsonSchema> = {}
    for (const schema of schemas) {
      // What one of unknown shape brings may replace any member that is known.
      if (!schema?.properties || schema['additionalProperties'] !== false) return { type: 'object' }
      for (const [name, member] of Object.entries(schema.properties))
        properties[name] = isDeep && Object.hasOwn(properties, name) ? {} : member
    }
    return { type: 'object', properties, additionalProperties: false }
  },
  trace: ({ objects }, trace) => objects.flatMap((template) => trace(template)),
})

function addMembers(into: Members, from: Readonly<Members>, isDeep: boolean): void {
  spend(Object.keys(from).length)
  for (const name in from) {
    if (!Object.hasOwn(from, name) || unsafeKeys.has(name)) continue
    into[name] = isDeep ? mergeDeep(Object.hasOwn(into, name) ? into[name] : undefined, from[name]) : from[name]
  }
}

/** Two objects put together in a new one; else the later of them. */
function mergeDeep(one: unknown, other: unknown): unknown {
  if (other === undefined) return one
  if (!isObject(one) || !isObject(other)) return other
  const merged: Members = {}
  addMembers(merged, one, false)
  addMembers(merged, other, true)
  return merged
}
