import type { GraphQLInputType, GraphQLOutputType } from 'graphql'
import type { JsonSchema } from '../../expressions/schema.ts'
import { graphql } from './library.ts'

const scalars: Readonly<Record<string, JsonSchema>> = {
  Int: { type: 'integer' },
  Float: { type: 'number' },
  String: { type: 'string' },
  Boolean: { type: 'boolean' },
  ID: { type: ['string', 'integer'] },
}

/** What JSON a variable of a type is, as far as it can be told: a custom scalar may be anything. */
export function schemaOfInput(type: GraphQLInputType, depth = 0): JsonSchema | undefined {
  const { isNonNullType, isListType, isEnumType, isInputObjectType, isScalarType } = graphql()
  if (isNonNullType(type)) return schemaOfInput(type.ofType as GraphQLInputType, depth)
  if (isListType(type)) return listOf(schemaOfInput(type.ofType as GraphQLInputType, depth))
  if (isScalarType(type)) return scalars[type.name]
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) }
  if (!isInputObjectType(type) || depth >= deepest) return undefined
  const fields = Object.values(type.getFields())
  const properties = fields.flatMap(({ name, type: inner }) => {
    const schema = schemaOfInput(inner, depth + 1)
    return schema ? [[name, schema] as const] : []
  })
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false }
}

/** A type may hold itself. */
const deepest = 8

/** What JSON a field of a type is, its own fields aside. Null is what is absent. */
export function schemaOfOutput(type: GraphQLOutputType): JsonSchema | undefined {
  const { isNonNullType, isListType, isEnumType, isScalarType } = graphql()
  if (isNonNullType(type)) return schemaOfOutput(type.ofType as GraphQLOutputType)
  if (isListType(type)) return listOf(schemaOfOutput(type.ofType as GraphQLOutputType))
  if (isScalarType(type)) return type.name === 'ID' ? { type: 'string' } : scalars[type.name]
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) }
  return { type: 'object' }
}

function listOf(items: JsonSchema | undefined): JsonSchema {
  return { type: 'array', ...(items && { items }) }
}
