import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../schema.ts'

/** The schema of a value that has one of these; undefined when one of them may be anything. */
export function unifySchemas(schemas: readonly (JsonSchema | undefined)[]): JsonSchema | undefined {
  const distinct: JsonSchema[] = []
  for (const schema of schemas) {
    if (!schema) return undefined
    if (!distinct.some((other) => isDeepStrictEqual(other, schema))) distinct.push(schema)
  }
  return distinct.length > 1 ? { anyOf: distinct } : distinct[0]
}
