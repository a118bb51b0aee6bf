import { isNumber, isWhole } from '../../numbers.ts'

/** A JSON Schema (draft-07 or 2020-12) as it stands in YAML. The keywords that the engine itself reads are typed. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly [keyword: string]: unknown
}

/** A schema compiled to a check. */
export interface Schema {
  /** What is wrong with a value, one sentence a fault; empty when it is valid. Never quotes the value itself. */
  validate(value: unknown): string[]
}

export type JsonType = 'string' | 'number' | 'integer' | 'boolean' | 'null' | 'array' | 'object'

/** The JSON type of a value; of numbers, `integer` for the whole ones. Undefined for what JSON does not have. */
export function typeOf(value: unknown): JsonType | undefined {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (isNumber(value)) return isWhole(value) ? 'integer' : 'number'
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'object')
    return typeof value as JsonType
  return undefined
}

/** The values a schema lists one by one, if it does. */
export function valuesOf(schema: JsonSchema): readonly unknown[] | undefined {
  return 'const' in schema ? [schema.const] : schema.enum
}

/** The types a schema allows; undefined when it may be anything, as far as one can tell. */
export function typesOf(schema: JsonSchema | undefined): ReadonlySet<JsonType> | undefined {
  if (!schema || typeof schema !== 'object' || '$ref' in schema) return undefined
  if (schema.type !== undefined) return new Set([schema.type].flat() as JsonType[])
  const values = valuesOf(schema)
  if (values) return new Set(values.map(typeOf).filter((type) => type !== undefined))
  const choices = schema.anyOf ?? (schema['oneOf'] as readonly JsonSchema[] | undefined)
  if (!choices) return undefined
  const types = choices.map(typesOf)
  return types.every((some) => some !== undefined) ? new Set(types.flatMap((some) => [...some])) : undefined
}

/** The schema of what sits at a path inside a value; undefined where the schema does not say. */
export function schemaAt(schema: JsonSchema | undefined, path: readonly (string | number)[]): JsonSchema | undefined {
  let found = schema
  for (const segment of path) {
    const inside: unknown = typeof segment === 'number' ? found?.items : ownProperty(found?.properties, segment)
    if (typeof inside !== 'object' || inside === null || Array.isArray(inside)) return undefined
    found = inside as JsonSchema
  }
  return found
}

function ownProperty(properties: unknown, name: string): unknown {
  return typeof properties === 'object' && properties !== null && Object.hasOwn(properties, name)
    ? (properties as Record<string, unknown>)[name]
    : undefined
}
