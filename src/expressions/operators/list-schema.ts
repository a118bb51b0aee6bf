import type { JsonSchema } from '../schema.ts'

/** A list of such elements, no longer than another. */
export function listOf(items: JsonSchema | undefined, like?: JsonSchema): JsonSchema {
  const bound = like && 'maxItems' in like ? { maxItems: like['maxItems'] } : {}
  return { type: 'array', ...(items && { items }), ...bound }
}
