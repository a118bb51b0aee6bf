import { type JsonSchema, typesOf } from './json-schema.ts'

/**
 * Turns what came as text (a query parameter, header, cookie or path segment; an array when it was repeated) into its
 * color's type. Text that cannot be turned stays text, so that validation names the fault.
 */
export function coerce(value: string | string[], schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema)
  if (!types) return value
  if (Array.isArray(value)) return types.has('array') ? value.map((item) => coerceOne(item, schema?.items)) : value
  if (types.has('array') && !types.has('string')) return [coerceOne(value, schema?.items)]
  return coerceOne(value, schema)
}

function coerceOne(text: string, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema)
  if (!types || types.has('string')) return text
  if ((types.has('number') || types.has('integer')) && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) {
    const number = Number(text)
    // An integer beyond 2^53 would silently become its neighbour.
    if (Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number))) return number
  }
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.has('object')) {
    try {
      const parsed: unknown = JSON.parse(text)
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
    } catch {
      // Not JSON: validation says that it must be an object.
    }
  }
  return text
}
