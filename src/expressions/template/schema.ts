import { type JsonSchema, schemaAt, typeOf } from '../schema.ts'
import type { SchemaOf, Template } from './nodes.ts'
import { unifySchemas } from './unify.ts'

type SchemaOfPath = (path: readonly (string | number)[]) => JsonSchema | undefined

/**
 * What a template gives, as a JSON Schema: as much as can be told, undefined for anything. `schemaOfPath` knows the
 * context: what sits at these names and indexes.
 */
export function schemaOf(template: Template, schemaOfPath: SchemaOfPath): JsonSchema | undefined {
  const nested: SchemaOf = (part, element) =>
    schemaOf(part, element ? withElement(schemaOfPath, element.schema) : schemaOfPath)
  switch (template.kind) {
    case 'literal':
      return template.isOpaque ? { type: 'string' } : schemaOfLiteral(template.value)
    case 'path': {
      const { singular, prefix } = template.path
      return singular ? schemaOfPath(prefix) : { type: 'array' }
    }
    case 'expression': {
      const { schema, source, reads } = template.expression
      const [only] = reads
      const isOneRead = reads.length === 1 && only!.length === source.trim().length
      return (isOneRead ? schemaOfPath(only!.path) : undefined) ?? schema
    }
    case 'interpolation':
      return { type: 'string' }
    case 'object':
      return schemaOfObject(template, nested)
    case 'array':
      return schemaOfArray(template, nested)
    case 'operator':
      return template.operator.schema(template.config, nested)
  }
}

function withElement(outer: SchemaOfPath, element: JsonSchema | undefined): SchemaOfPath {
  return (path) => {
    if (path[0] === 'item') return schemaAt(element, path.slice(1))
    return path[0] === 'index' ? { type: 'integer' } : outer(path)
  }
}

function schemaOfLiteral(value: unknown): JsonSchema | undefined {
  const type = typeOf(value)
  return type && { type, const: value }
}

function schemaOfObject({ members }: Template & { kind: 'object' }, nested: SchemaOf): JsonSchema {
  const properties = Object.fromEntries(members.map(([name, value]) => [name, nested(value) ?? {}]))
  const required = members.filter(([, value]) => isAlwaysThere(value)).map(([name]) => name)
  const fixed = constantsOf(Object.values(properties))
  const constant = fixed ? { const: Object.fromEntries(members.map(([name], i) => [name, fixed[i]])) } : {}
  return { type: 'object', properties, required, additionalProperties: false, ...constant }
}

function schemaOfArray({ items }: Template & { kind: 'array' }, nested: SchemaOf): JsonSchema {
  const schemas = items.map((item) => nested(item))
  const fixed = constantsOf(schemas)
  if (fixed) return { type: 'array', const: fixed }
  const unified = unifySchemas(schemas)
  return unified ? { type: 'array', items: unified } : { type: 'array' }
}

function constantsOf(schemas: readonly (JsonSchema | undefined)[]): unknown[] | undefined {
  return schemas.every((schema) => schema && 'const' in schema) ? schemas.map((schema) => schema!.const) : undefined
}

function isAlwaysThere({ kind }: Template): boolean {
  return kind === 'literal' || kind === 'object' || kind === 'array' || kind === 'interpolation'
}
