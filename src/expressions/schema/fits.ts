import { isDeepStrictEqual } from 'node:util'
import { type JsonSchema, type JsonType, typeOf, typesOf, valuesOf } from './json-schema.ts'

/**
 * Whether a value of one schema can go where another is wanted: false only when it certainly cannot (a string to an
 * integer, a literal that no enum holds, a list of strings to a list of numbers). What is unknown fits everything.
 */
export function fits(given: JsonSchema | undefined, wanted: JsonSchema | undefined): boolean {
  if (!given || !wanted) return true
  const givenTypes = typesOf(given)
  const wantedTypes = typesOf(wanted)
  if (!givenTypes || !wantedTypes) return true
  const shared = [...givenTypes].filter((type) => [...wantedTypes].some((other) => overlap(type, other)))
  if (shared.length === 0) return false
  const givenValues = valuesOf(given)
  const wantedValues = valuesOf(wanted)
  if (givenValues) return givenValues.some((value) => admits(wanted, value))
  if (wantedValues) return wantedValues.some((value) => admits(given, value))
  if (shared.length > 1) return true
  if (shared[0] === 'array') return fits(objectOrNone(given.items), objectOrNone(wanted.items))
  return shared[0] !== 'object' || objectFits(given, wanted)
}

function objectFits(given: JsonSchema, wanted: JsonSchema): boolean {
  const has = given.properties ?? {}
  const wants = wanted.properties ?? {}
  const closed = given['additionalProperties'] === false
  if (closed && wanted.required?.some((name) => !Object.hasOwn(has, name))) return false
  if (wanted['additionalProperties'] === false && given.required?.some((name) => !Object.hasOwn(wants, name)))
    return false
  return Object.keys(has).every((name) => !Object.hasOwn(wants, name) || fits(has[name], wants[name]))
}

/** A number may be a whole one, so it may fit an integer. */
function overlap(a: JsonType, b: JsonType): boolean {
  const numeric = (type: JsonType) => type === 'number' || type === 'integer'
  return a === b || (numeric(a) && numeric(b))
}

/** Whether a schema allows a value, by types, listed values, items and properties. */
function admits(schema: JsonSchema | undefined, value: unknown): boolean {
  const types = typesOf(schema)
  if (!schema || !types) return true
  const type = typeOf(value)
  if (!type || !(types.has(type) || (type === 'integer' && types.has('number')))) return false
  if (valuesOf(schema)?.some((other) => isDeepStrictEqual(value, other)) === false) return false
  if (Array.isArray(value)) return value.every((item) => admits(objectOrNone(schema.items), item))
  if (typeof value !== 'object' || value === null) return true
  const properties = schema.properties ?? {}
  return (
    Object.entries(value).every(
      ([name, member]) => !Object.hasOwn(properties, name) || admits(properties[name], member),
    ) && (schema.required ?? []).every((name) => Object.hasOwn(value, name))
  )
}

function objectOrNone(schema: unknown): JsonSchema | undefined {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (schema as JsonSchema) : undefined
}
