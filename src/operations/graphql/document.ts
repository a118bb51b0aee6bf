import type {
  DocumentNode,
  FragmentDefinitionNode,
  GraphQLError,
  OperationDefinitionNode,
  VariableDefinitionNode,
} from 'graphql'
import type { Language } from '../../binding/color.ts'
import type { Position } from '../../binding/shape.ts'
import { graphql } from './library.ts'

/** A query of a file, parsed. */
export interface QueryDocument {
  readonly node: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** By their names, without `$`. */
  readonly variables: ReadonlyMap<string, VariableDefinitionNode>
  /** Where its text stands. */
  readonly position: Position
}

/** How deep fields may lie in fields: nobody who writes a query by hand comes near. */
const mostTokens = 20_000

/** Parses a query. A fault is reported at its characters, and gives undefined. */
export function parseQuery(text: string, position: Position, language: Language): QueryDocument | undefined {
  const { parse, Kind } = graphql()
  let node: DocumentNode
  try {
    node = parse(text, { maxTokens: mostTokens })
  } catch (error) {
    reportFault(error as GraphQLError, text, position, language)
    return undefined
  }
  const operations = node.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION)
  const fragments = node.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  const [operation, second] = operations
  const report = (message: string, at: { loc?: { start: number } | undefined } | undefined, help?: string) =>
    language.diagnostics.add('invalid-graphql', message, locateNode(at, position), help)
  if (!operation) report('there is no operation in it', undefined, 'write `query { … }`')
  else if (second) report('there are two operations in it', second, 'make each an operation of its own')
  else if (operation.operation === 'subscription')
    report('a subscription does not end', operation, 'read what is there by a query')
  else if (operations.length + fragments.length < node.definitions.length)
    report(
      'a query defines no types',
      node.definitions.find((one) => !(operations as unknown[]).includes(one)),
    )
  else {
    const variables = new Map((operation.variableDefinitions ?? []).map((one) => [one.variable.name.value, one]))
    return { node, operation, fragments: new Map(fragments.map((one) => [one.name.value, one])), variables, position }
  }
  return undefined
}

/** Where a node of a query stands in the file. */
export function locateNode(
  node: { readonly loc?: { readonly start: number; readonly end?: number } | undefined } | undefined,
  { source, path }: Position,
) {
  const { start = 0, end } = node?.loc ?? {}
  return source.locateInside(path, start, Math.min((end ?? start + 1) - start, 40))
}

/** What the library says of a query, at its characters. */
export function reportFault(error: GraphQLError, text: string, position: Position, language: Language): void {
  const { positions, nodes } = error
  const message = error.message.replace(/^Syntax Error: /, '').replaceAll('"', '`')
  const [start = 0] = positions ?? []
  const end = nodes?.[0]?.loc?.end ?? start + 1
  const [, said = message, meant] = /^(.*?) Did you mean (.*\?)$/s.exec(message) ?? []
  const sentence = said.replace(/\.$/, '')
  const isOnOneLine = !text.slice(start, end).includes('\n')
  const at = position.source.locateInside(position.path, start, isOnOneLine ? Math.max(1, end - start) : 1)
  const help = meant === undefined ? undefined : `did you mean ${meant}`
  language.diagnostics.add('invalid-graphql', sentence[0]!.toLowerCase() + sentence.slice(1), at, help)
}
