import { namesVariable } from '../../environment.ts'
import { compileSchema, type JsonSchema } from '../../expressions/schema.ts'
import type { ColorEntry } from '../draft.ts'
import { isObject, isUnsafeKey, listOf, objectOf, shorten, textOf, textsOf } from '../foreign.ts'
import type { OpenApiDocument } from './document.ts'

/** Whose side a schema is looked at from: `readOnly` members are not sent, `writeOnly` ones do not come. */
export type Direction = 'request' | 'response'

type Schema = Record<string, unknown>

const types = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])
/** Keywords that are taken as they are. */
const plain = [
  'format',
  'pattern',
  'minimum',
  'maximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
]
/** A schema as JSON Schema that stands on its own: references unfolded, cycles and depths cut to "anything". */
export function unfoldSchema(schema: unknown, document: OpenApiDocument, direction: Direction): Schema {
  const within = new Set<unknown>()
  let left = document.detail.schemas

  const unfold = (raw: unknown, depth: number): Schema => {
    if (raw === false) return { not: {} }
    const source = document.resolve(raw)
    if (within.has(source) || depth > document.detail.depth || left-- <= 0) return {}
    within.add(source)
    const unfolded = unfoldMembers(source, depth)
    within.delete(source)
    return unfolded
  }
  const unfoldMembers = (source: Schema, depth: number): Schema => {
    const own: Schema = { ...typeOf(source), ...bounds(source) }
    for (const key of plain) if (source[key] !== undefined) own[key] = source[key]
    if (Array.isArray(source['enum'])) own['enum'] = source['enum']
    if ('const' in source) own['const'] = source['const']
    Object.assign(own, unfoldProperties(source, depth))
    if (isObject(source['items']) || typeof source['items'] === 'boolean')
      own['items'] = unfold(source['items'], depth + 1)
    for (const key of ['oneOf', 'anyOf']) {
      const choices = listOf(source[key]).map((choice) => unfold(choice, depth + 1))
      if (choices.length > 0) own[key] = choices
    }
    // An `allOf` is mostly inheritance: one schema says the same in fewer words.
    return mergeSchemas([...listOf(source['allOf']).map((part) => unfold(part, depth)), own])
  }
  const unfoldProperties = (source: Schema, depth: number): Schema => {
    const hidden = direction === 'request' ? 'readOnly' : 'writeOnly'
    const properties: Schema = {}
    for (const [name, property] of Object.entries(objectOf(source['properties']))) {
      if (isUnsafeKey(name) || namesVariable(name) || document.resolve(property)[hidden] === true) continue
      properties[name] = unfold(property, depth + 1)
    }
    const required = [...new Set(textsOf(source['required']))].filter((name) => Object.hasOwn(properties, name))
    const extra = source['additionalProperties']
    return {
      ...(Object.keys(properties).length > 0 && { properties }),
      ...(required.length > 0 && { required }),
      ...(isObject(extra) && { additionalProperties: unfold(extra, depth + 1) }),
    }
  }
  return unfold(schema, 0)
}

/** A color's entry of a schema: its type, made to load, and what the document says of it. */
export function toColorEntry(schema: unknown, document: OpenApiDocument, direction: Direction, at: string): ColorEntry {
  const type = makeLoadable(unfoldSchema(schema, document, direction), document, at)
  const source = document.resolve(schema)
  const description = textOf(source['description']) ?? textOf(source['title'])
  const example = source['example'] ?? listOf(source['examples'])[0]
  const sensitivity = source['format'] === 'password' ? 'secret' : source['format'] === 'email' ? 'pii' : undefined
  return {
    ...type,
    ...(example !== undefined && !isObject(example) && { examples: [example] }),
    ...(description !== undefined && { description: shorten(description) }),
    ...(sensitivity && { sensitivity }),
  }
}

/** What our own checks of schemas refuse is left out, as little of it as will do. */
function makeLoadable(schema: Schema, document: OpenApiDocument, at: string): Schema {
  const fault = faultOf(schema, document)
  if (fault === undefined) return schema
  document.notes.add(at, `part of its type is left out: ${fault}`)
  const bare = without(schema, 'pattern') as Schema
  if (faultOf(bare, document) === undefined) return bare
  const onlyType = schema['type'] === undefined ? {} : { type: schema['type'] }
  return faultOf(onlyType, document) === undefined ? onlyType : {}
}

function faultOf(schema: Schema, { checked }: OpenApiDocument): string | undefined {
  const text = JSON.stringify(schema)
  if (!checked.has(text)) {
    const compiled = compileSchema(schema as JsonSchema)
    checked.set(text, 'code' in compiled ? compiled.message : undefined)
  }
  return checked.get(text)
}

function without(value: unknown, keyword: string): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, keyword))
  if (!isObject(value)) return value
  const kept = Object.entries(value).filter(([key, member]) => key !== keyword || isObject(member))
  return Object.fromEntries(kept.map(([key, member]) => [key, without(member, keyword)]))
}

/** `nullable` (3.0) and a list of types (3.1) come to the same. */
function typeOf(source: Schema): Schema {
  const named = [source['type']].flat().filter((type) => types.has(String(type)))
  const inferred = isObject(source['properties']) ? ['object'] : isObject(source['items']) ? ['array'] : []
  const all = named.length > 0 ? named : inferred
  if (source['nullable'] === true && all.length > 0 && !all.includes('null')) all.push('null')
  return all.length === 0 ? {} : { type: all.length === 1 ? all[0] : all }
}

/** In 3.0 `exclusiveMinimum` is true or false, beside `minimum`. */
function bounds(source: Schema): Schema {
  const found: Schema = {}
  for (const [exclusive, inclusive] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof source[exclusive] === 'number') found[exclusive] = source[exclusive]
    else if (source[exclusive] === true && typeof source[inclusive] === 'number') found[exclusive] = source[inclusive]
  }
  return found
}

function mergeSchemas(schemas: readonly Schema[]): Schema {
  const merged: Schema = Object.assign({}, ...schemas)
  const properties = Object.assign({}, ...schemas.map((schema) => objectOf(schema['properties'])))
  const required = [...new Set(schemas.flatMap((schema) => textsOf(schema['required'])))]
  if (Object.keys(properties).length > 0) merged['properties'] = properties
  if (required.length > 0) merged['required'] = required
  return merged
}
