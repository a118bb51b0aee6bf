import { Opaque } from '../../opaque.ts'
import { type JsonSchema, schemaAt, typeOf, typesOf, valuesOf } from '../schema/json-schema.ts'
import { Timestamp } from './time.ts'

/** What an expression gives. `int` and `double` are both JSON numbers; `dyn` may be anything. */
export type CelType = 'bool' | 'string' | 'int' | 'double' | 'null' | 'list' | 'map' | 'timestamp' | 'duration' | 'dyn'

/** A type as far as it is known when an expression is compiled. */
export interface Type {
  readonly kind: CelType
  /** What a list holds. */
  readonly element?: Type
  /** The members a map is known to have. */
  readonly members?: ReadonlyMap<string, Type>
  /** It has no members but `members`. */
  readonly closed?: boolean
  /** The dotted name of the place that holds colors; its members are colors or places of colors. */
  readonly namespace?: string
  /** The only values a string can have. */
  readonly values?: readonly unknown[]
  /** Its keys may be numbers and booleans. */
  readonly keyed?: boolean
  /** It came through `.?` or `[?]`: it is to be opened by orValue(), or(), hasValue() or value(). */
  readonly optional?: boolean
}

export const dyn: Type = { kind: 'dyn' }
export const bool: Type = { kind: 'bool' }
export const string: Type = { kind: 'string' }
export const int: Type = { kind: 'int' }
export const double: Type = { kind: 'double' }
export const nothing: Type = { kind: 'null' }

const maxDepth = 20

/** The CEL type of values that a JSON Schema describes. Integers too are doubles: that is how JSON has them. */
export function typeOfSchema(schema: JsonSchema | undefined, depth = 0): Type {
  const types = typesOf(schema)
  const type = types?.size === 1 ? [...types][0] : undefined
  if (!schema || !type || depth > maxDepth) return types && onlyNumbers(types) ? double : dyn
  switch (type) {
    case 'string': {
      const values = valuesOf(schema)
      return values ? { kind: 'string', values } : string
    }
    case 'number':
    case 'integer':
      return double
    case 'boolean':
      return bool
    case 'null':
      return nothing
    case 'array':
      return { kind: 'list', element: typeOfSchema(schemaAt(schema, [0]), depth + 1) }
    case 'object': {
      const names =
        typeof schema.properties === 'object' && schema.properties !== null ? Object.keys(schema.properties) : []
      const members = new Map(names.map((name) => [name, typeOfSchema(schemaAt(schema, [name]), depth + 1)]))
      return {
        kind: 'map',
        members,
        closed: schema['additionalProperties'] === false && !('patternProperties' in schema),
      }
    }
    default:
      return dyn
  }
}

function onlyNumbers(types: ReadonlySet<string>): boolean {
  return types.size > 0 && [...types].every((type) => type === 'number' || type === 'integer')
}

/** The JSON Schema of what a type gives; undefined when nothing is known. */
export function schemaOfType(type: Type): JsonSchema | undefined {
  switch (type.kind) {
    case 'string':
      return type.values ? { type: 'string', enum: type.values } : { type: 'string' }
    case 'timestamp':
    case 'duration':
      return { type: 'string' }
    case 'bool':
      return { type: 'boolean' }
    case 'int':
      return { type: 'integer' }
    case 'double':
      return { type: 'number' }
    case 'null':
      return { type: 'null' }
    case 'list': {
      const items = type.element && schemaOfType(type.element)
      return items ? { type: 'array', items } : { type: 'array' }
    }
    case 'map': {
      const properties: Record<string, JsonSchema> = {}
      for (const [name, member] of type.members ?? []) properties[name] = schemaOfType(member) ?? {}
      return { type: 'object', properties }
    }
    case 'dyn':
      return undefined
  }
}

/** The one type that holds both. */
export function unify(a: Type, b: Type): Type {
  if (a.kind === b.kind) {
    const keyed = a.keyed || b.keyed ? { keyed: true } : {}
    return a.kind === 'list' || a.kind === 'map' || a.values ? { kind: a.kind, ...keyed } : a
  }
  return isNumeric(a) && isNumeric(b) ? double : dyn
}

export function isNumeric(type: Type): boolean {
  return type.kind === 'int' || type.kind === 'double'
}

/** The name people know a type by. */
export function nameOf(type: Type): string {
  const names: Partial<Record<CelType, string>> = {
    int: 'number',
    double: 'number',
    bool: 'true/false',
    map: 'object',
    dyn: 'any value',
  }
  return names[type.kind] ?? type.kind
}

/** The name of a value's type, for an error while a request runs. */
export function nameOfValue(value: unknown): string {
  if (value instanceof Timestamp) return 'timestamp'
  if (value instanceof Opaque) return 'file'
  const type = typeOf(value)
  if (type === 'boolean') return 'true/false'
  if (type === 'array') return 'list'
  return type === 'integer' ? 'number' : (type ?? 'nothing')
}
