import { parseJson } from '../../json-text.ts'
import { mostDigits, readNumber } from '../../numbers.ts'
import { spend } from '../work.ts'
import { type JsonSchema, type JsonType, typesOf } from './json-schema.ts'

type Coercion = (value: string | string[]) => unknown

/**
 * Compiles how what came as text (a query parameter, header, cookie or path segment; an array when it was repeated)
 * turns into its color's type. Text that cannot be turned stays text, so that validation names the fault.
 */
export function compileCoercion(schema: JsonSchema | undefined): Coercion {
  const types = typesOf(schema)
  if (!types) return (value) => value
  const one = compileOne(types)
  const item = compileOne(typesOf(schema?.items))
  const isList = types.has('array')
  const wrapsText = isList && !types.has('string')
  return (value) => {
    if (Array.isArray(value)) return isList ? value.map(item) : value
    return wrapsText ? [item(value)] : one(value)
  }
}

/**
 * The same for a value made of texts, as forms, XML and CSV give them, down to its last member. What comes once is a list
 * of one where a list is due; what is no text stays as it is.
 */
export function compileConversion(schema: JsonSchema | undefined): (value: unknown) => unknown {
  const types = typesOf(schema)
  if (!types) return (value) => value
  const convertText = compileCoercion(schema)
  const convertItem = types.has('array') ? compileConversion(schema?.items) : undefined
  const members = Object.entries(schema?.properties ?? {}).map(
    ([name, member]) => [name, compileConversion(member)] as const,
  )
  const wrapsObject = convertItem !== undefined && !types.has('object')
  const wrapsText = convertItem !== undefined && !types.has('string')
  return (value) => {
    if (typeof value === 'string') return wrapsText ? [convertItem(value)] : convertText(value)
    if (Array.isArray(value)) {
      spend(value.length)
      return convertItem ? value.map(convertItem) : value
    }
    if (typeof value !== 'object' || value === null) return value
    if (wrapsObject) return [convertItem(value)]
    // What prints itself is one thing, a file for one.
    if (members.length === 0 || typeof (value as { toJSON?: unknown }).toJSON === 'function') return value
    return convertMembers(value as Record<string, unknown>, members)
  }
}

function convertMembers(
  value: Record<string, unknown>,
  members: readonly (readonly [name: string, convert: (value: unknown) => unknown])[],
): Record<string, unknown> {
  const converted = { ...value }
  for (const [name, convert] of members) {
    if (Object.hasOwn(value, name)) converted[name] = convert(value[name])
  }
  return converted
}

function compileOne(types: ReadonlySet<JsonType> | undefined): (text: string) => unknown {
  if (!types || types.has('string')) return (text) => text
  const isNumber = types.has('number') || types.has('integer')
  const isBoolean = types.has('boolean')
  const isObject = types.has('object')
  return (text) => {
    if (isNumber && text.length <= mostDigits && /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text))
      return readNumber(text)
    if (isBoolean && (text === 'true' || text === 'false')) return text === 'true'
    return isObject ? parseObject(text) : text
  }
}

function parseObject(text: string): unknown {
  try {
    const parsed: unknown = parseJson(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : text
  } catch {
    // Not JSON: validation says that it must be an object.
    return text
  }
}
