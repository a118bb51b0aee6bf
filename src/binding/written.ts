import { type JsonSchema, typesOf } from '../expressions/schema.ts'
import { type Position, within } from './shape.ts'

const text: JsonSchema = { type: 'string' }

/**
 * A value of a file for a place that has a type: what is text there is the text that is written, so that an unquoted
 * `007` or `1.10` stays what it is.
 */
export function asWritten(value: unknown, schema: JsonSchema | undefined, position: Position): unknown {
  if (typeof value === 'number' || typeof value === 'boolean')
    return isText(schema) ? position.source.writtenAt(position.path) : value
  if (typeof value !== 'object' || value === null || schema === undefined) return value
  if (Array.isArray(value))
    return schema.items ? value.map((item, index) => asWritten(item, schema.items, within(position, index))) : value
  const { properties } = schema
  if (!properties || Object.getPrototypeOf(value) !== Object.prototype) return value
  return mapMembers(value, (member, key) =>
    Object.hasOwn(properties, key) ? asWritten(member, properties[key], within(position, key)) : member,
  )
}

/** The value of a header, or a list of them. */
export function asWrittenText(value: unknown, position: Position): unknown {
  return asWritten(value, Array.isArray(value) ? { type: 'array', items: text } : text, position)
}

const lists: ReadonlySet<string> = new Set(['enum', 'examples'])
const values: ReadonlySet<string> = new Set(['default', 'const', 'example'])

/** A type of the dictionary, whose values are as it says. */
export function schemaAsWritten(schema: JsonSchema, position: Position): JsonSchema {
  const read = (keyword: string, value: unknown): unknown => {
    const here = within(position, keyword)
    if (values.has(keyword)) return asWritten(value, schema, here)
    if (lists.has(keyword)) return asWritten(value, { type: 'array', items: schema }, here)
    if (keyword === 'items' && isObject(value)) return schemaAsWritten(value, here)
    if (keyword === 'properties' && isObject(value))
      return mapMembers(value, (one, name) => (isObject(one) ? schemaAsWritten(one, within(here, name)) : one))
    return value
  }
  return mapMembers(schema, (value, keyword) => read(keyword, value))
}

function isText(schema: JsonSchema | undefined): boolean {
  const types = typesOf(schema)
  return types?.has('string') === true && [...types].every((type) => type === 'string' || type === 'null')
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function mapMembers(object: object, map: (member: unknown, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, map(member, name)]))
}
