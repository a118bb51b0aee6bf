import type { JsonSchema } from '../schema.ts'
import type { Template } from '../template/nodes.ts'
import { spend } from '../work.ts'
import { asObject, defineOperator, unsafeKeys } from './operator.ts'

export const merge = defineOperator<readonly Template[]>({
  name: '$merge',
  keys: [],
  summary: 'Puts objects together; of members with the same name the later one wins. What is absent is skipped.',
  example: '{ $merge: [ $.user.profile, { segment: $.user.segment } ] }',
  parse({ $merge }, parser) {
    if (Array.isArray($merge)) return $merge.map((value, i) => parser.template(value, '$merge', i))
    parser.fault('invalid-value', '`$merge` is a list of objects', ['$merge'])
    return undefined
  },
  parts: (objects) => objects.map((template) => ({ template, tolerant: true })),
  compile(objects, compile) {
    const readers = objects.map(compile)
    return (document) => {
      const merged: Record<string, unknown> = {}
      for (const read of readers) {
        const object = asObject('$merge', read(document))
        if (object) spend(Object.keys(object).length)
        for (const name in object) if (Object.hasOwn(object, name) && !unsafeKeys.has(name)) merged[name] = object[name]
      }
      return merged
    }
  },
  schema(objects, schemaOf) {
    const schemas = objects.map((template) => schemaOf(template))
    const properties: Record<string, JsonSchema> = {}
    for (const schema of schemas) {
      // What one of unknown shape brings may replace any member that is known.
      if (!schema?.properties || schema['additionalProperties'] !== false) return { type: 'object' }
      Object.assign(properties, schema.properties)
    }
    return { type: 'object', properties, additionalProperties: false }
  },
  trace: (objects, trace) => objects.flatMap((template) => trace(template)),
})
