import { EnvText } from '../../environment.ts'
import { compileCoercion } from './coerce.ts'
import { type JsonSchema, typesOf } from './json-schema.ts'

/** Puts the values of variables into a value of a type: each as its place wants it, as what comes in a query. */
export function fillValue(value: unknown, schema: JsonSchema | undefined): unknown {
  if (value instanceof EnvText) return typed(value.text, schema)
  if (Array.isArray(value)) return value.map((item) => fillValue(item, schema?.items))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [
    name,
    fillValue(member, Object.hasOwn(schema?.properties ?? {}, name) ? schema!.properties![name] : undefined),
  ])
  return Object.fromEntries(members)
}

function typed(text: string, schema: JsonSchema | undefined): unknown {
  const types = typesOf(schema)
  const isList = types?.has('array') === true && !types.has('string')
  return compileCoercion(schema)(isList ? splitAtCommas(text) : text)
}

function splitAtCommas(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

/** Keywords whose values are values of the type, and lists of them. */
const values: ReadonlySet<string> = new Set(['default', 'const', 'example'])
const listsOfValues: ReadonlySet<string> = new Set(['enum', 'examples'])
/** Keywords that hold types by name. */
const typesByName: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
])
/** Keywords of one form, in the words of JSON Schema; a keyword that stands in none is text, or a type. */
const forms: readonly (readonly [form: JsonSchema, keywords: ReadonlySet<string>])[] = [
  [
    { type: 'number' },
    new Set([
      ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
      ...['minItems', 'maxItems', 'minContains', 'maxContains', 'minProperties', 'maxProperties'],
    ]),
  ],
  [
    { type: 'boolean' },
    new Set([
      ...['uniqueItems', 'deprecated', 'readOnly', 'writeOnly', 'items', 'additionalItems', 'additionalProperties'],
      ...['unevaluatedItems', 'unevaluatedProperties'],
    ]),
  ],
  [{ type: 'array', items: { type: 'string' } }, new Set(['required'])],
]

/** Puts the values of variables into a type. */
export function fillSchema(schema: JsonSchema): JsonSchema {
  const { type } = schema
  const own: JsonSchema = type === undefined ? {} : { type: fillType(type) }
  const filled: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema))
    filled[keyword] = keyword === 'type' ? own.type : fillKeyword(keyword, value, { ...schema, ...own })
  return filled
}

/** `string`, or `string, null`. */
function fillType(type: unknown): NonNullable<JsonSchema['type']> {
  if (!(type instanceof EnvText))
    return Array.isArray(type) ? type.map((one) => fillType(one) as string) : (type as string)
  const [one, ...more] = splitAtCommas(type.text)
  return more.length > 0 ? [one!, ...more] : one!
}

function fillKeyword(keyword: string, value: unknown, schema: JsonSchema): unknown {
  if (values.has(keyword)) return fillValue(value, schema)
  if (listsOfValues.has(keyword)) {
    // Its own list does not say what stands in it.
    const { enum: _, const: __, ...type } = schema
    if (value instanceof EnvText) return splitAtCommas(value.text).map((text) => typed(text, type))
    return Array.isArray(value) ? value.map((one) => fillValue(one, type)) : value
  }
  if (value instanceof EnvText) return typed(value.text, forms.find(([, keywords]) => keywords.has(keyword))?.[0])
  if (Array.isArray(value)) return value.map((one) => fillKeyword('', one, schema))
  if (typeof value !== 'object' || value === null) return value
  if (!typesByName.has(keyword)) return fillSchema(value as JsonSchema)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillKeyword('', one, schema)]))
}
