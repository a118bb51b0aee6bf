import type { FieldNode, GraphQLCompositeType, GraphQLOutputType, GraphQLSchema, SelectionSetNode } from 'graphql'
import type { JsonSchema } from '../../expressions/schema.ts'
import type { QueryDocument } from './document.ts'
import { graphql } from './library.ts'
import { schemaOfOutput } from './types.ts'

/** What a path finds in the answer to a query. */
export type Selected =
  | { readonly schema: JsonSchema | undefined }
  /** The segment that the query does not ask for, and what it asks for there. */
  | { readonly missing: string | number; readonly asked: readonly string[] }

interface Field {
  readonly node: FieldNode
  readonly type: GraphQLOutputType | undefined
}

/** Follows a path below `data` through what the query selects; without a schema by its names alone. */
export function followPath(
  path: readonly (string | number)[],
  { operation, fragments }: QueryDocument,
  schema: GraphQLSchema | undefined,
): Selected {
  const { isListType, isNonNullType, isCompositeType } = graphql()
  let sets: readonly SelectionSetNode[] = [operation.selectionSet]
  let type: GraphQLOutputType | undefined = schema?.getRootType(operation.operation) ?? undefined
  for (const segment of path) {
    while (type && isNonNullType(type)) type = type.ofType as GraphQLOutputType
    if (typeof segment === 'number') {
      if (type && !isListType(type)) return { missing: segment, asked: [] }
      type = type?.ofType as GraphQLOutputType | undefined
      continue
    }
    if (type && isListType(type)) return { missing: segment, asked: [] }
    const around = type && isCompositeType(type) ? type : undefined
    const fields = sets.flatMap((set) => fieldsOf(set, around))
    const found = fields.filter(({ node }) => nameOf(node) === segment)
    if (found.length === 0) return { missing: segment, asked: fields.map(({ node }) => nameOf(node)) }
    sets = found.flatMap(({ node }) => node.selectionSet ?? [])
    type = found[0]!.type
  }
  return { schema: type && schemaOfOutput(type) }

  function fieldsOf(set: SelectionSetNode, around: GraphQLCompositeType | undefined): Field[] {
    const { Kind } = graphql()
    return set.selections.flatMap((node): Field[] => {
      if (node.kind === Kind.FIELD) return [{ node, type: typeOf(node, around) }]
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments.get(node.name.value)
      const narrowed = fragment?.typeCondition && schema?.getType(fragment.typeCondition.name.value)
      const inside = narrowed && isCompositeType(narrowed) ? narrowed : around
      return fragment ? fieldsOf(fragment.selectionSet, inside) : []
    })
  }
}

/** As the answer calls it. */
function nameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value
}

function typeOf({ name }: FieldNode, around: GraphQLCompositeType | undefined): GraphQLOutputType | undefined {
  if (name.value === '__typename') return graphql().GraphQLString
  return around && 'getFields' in around ? around.getFields()[name.value]?.type : undefined
}
