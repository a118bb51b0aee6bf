import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../schema.ts'

/** The schema of a value that has one of these; undefined when one of them may be anything. */
export function unifySchemas(schemas: readonly (JsonSchema | undefined)[]): JsonSchema | undefined {
  const distinct: JsonSchema[] = []
  for (const schema of schemas) {
    if (!schema) return undefined
    if (!distinct.some((other) => isDeepStrictEqual(other, schema))) distinct.push(schema)
  }
  // `[]` in place of a list is one more of what the list may be.
  const isList = (schema: JsonSchema) => schema.type === 'array' && !isEmptyList(schema)
  const telling = distinct.some(isList) ? distinct.filter((schema) => !isEmptyList(schema)) : distinct
  return telling.length > 1 ? { anyOf: telling } : telling[0]
}

function isEmptyList({ const: value }: JsonSchema): boolean {
  return Array.isArray(value) && value.length === 0
}
