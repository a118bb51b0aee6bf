import type { GraphQLSchema } from 'graphql'
import type { Language } from '../../binding/color.ts'
import { describeType } from '../../binding/describe-type.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { didYouMean, listNames } from '../../diagnostics/suggest.ts'
import { compilePath, type Path } from '../../expressions/path.ts'
import { fits } from '../../expressions/schema.ts'
import type { FixedPart, OperationInput, OperationOutput } from '../bound-operation.ts'
import { locateNode, parseQuery, type QueryDocument, reportFault } from './document.ts'
import { graphql } from './library.ts'
import { followPath } from './selection.ts'
import { schemaOfInput } from './types.ts'

/** The query is a part of the body that is always the same. */
export function queryPart(text: string): FixedPart {
  return { path: compilePath('$.query') as Path, value: text.trim() }
}

/** Parses a query and holds it against the types of its service, where it has them. */
export function bindQuery(
  text: string,
  schema: GraphQLSchema | undefined,
  position: Position,
  language: Language,
): QueryDocument | undefined {
  const query = parseQuery(text, position, language)
  if (!query || !schema) return query
  const { validate } = graphql()
  const faults = validate(schema, query.node, undefined, { maxErrors: mostFaults })
  for (const fault of faults) reportFault(fault, text, position, language)
  return faults.length === 0 ? query : undefined
}

const mostFaults = 20

/** Every variable that has to be given is, no other, and each may be what it is given. */
export function checkVariables(
  query: QueryDocument,
  schema: GraphQLSchema | undefined,
  inputs: readonly OperationInput[],
  { diagnostics, colors }: Language,
): void {
  const { typeFromAST, isInputType, Kind } = graphql()
  const given = new Map<string, OperationInput[]>()
  for (const input of inputs) {
    const [root, name] = input.locator.in === 'body' ? input.locator.path.prefix : []
    if (root !== 'variables' || typeof name !== 'string') continue
    given.set(name, [...(given.get(name) ?? []), input])
  }
  for (const [name, all] of given) {
    const { at } = all[0]!
    const help =
      didYouMean(name, query.variables.keys()) ??
      `it has ${listNames([...query.variables.keys()].map((one) => `$${one}`))}`
    if (!query.variables.has(name))
      diagnostics.add('invalid-graphql', `the query has no variable \`$${name}\``, at, help)
  }
  for (const [name, definition] of query.variables) {
    const isRequired = definition.type.kind === Kind.NON_NULL_TYPE && definition.defaultValue === undefined
    const all = given.get(name) ?? []
    const at = locateNode(definition, query.position)
    if (isRequired && all.length === 0) {
      const help = `give it in \`in\`: \`color: variables.${name}\``
      diagnostics.add('invalid-graphql', `nothing gives the variable \`$${name}\`, which has to be there`, at, help)
    }
    if (isRequired && all.length > 0 && all.every(({ optional }) => optional)) {
      const message = `the variable \`$${name}\` has to be there, and may be absent here`
      diagnostics.add('invalid-graphql', message, all[0]!.at, 'leave the `?` away, or give it a default in the query')
    }
    const type = schema && typeFromAST(schema, definition.type)
    if (!type || !isInputType(type)) continue
    for (const { color, locator, at } of all) {
      const inside = (locator as { path: Path }).path.prefix.slice(2)
      const wanted = inside.reduce<unknown>(
        (found, segment) => (found as { properties?: Record<string, unknown> } | undefined)?.properties?.[segment],
        schemaOfInput(type),
      )
      const of = colors.get(color)?.schema
      if (fits(of, wanted as typeof of)) continue
      const message = `\`${color}\` is ${describeType(of)}, and \`$${[name, ...inside].join('.')}\` is ${describeType(wanted as typeof of)}`
      diagnostics.add('type-mismatch', message, at)
    }
  }
}

/** What is taken of an answer is asked for, and may be what it is taken as. */
export function checkData(
  query: QueryDocument,
  schema: GraphQLSchema | undefined,
  outputs: readonly OperationOutput[],
  locateOutput: (color: string) => Location,
  { diagnostics }: Language,
): void {
  for (const { color, locator, schema: wanted } of outputs) {
    if (locator.in !== 'body' || locator.path.prefix[0] !== 'data') continue
    const found = followPath(locator.path.prefix.slice(1), query, schema)
    if ('missing' in found) {
      const { missing, asked } = found
      const help =
        asked.length === 0 ? undefined : (didYouMean(String(missing), asked) ?? `it asks for ${listNames(asked)} there`)
      diagnostics.add('invalid-graphql', `the query does not ask for \`${missing}\``, locateOutput(color), help)
    } else if (locator.path.singular && !fits(found.schema, wanted)) {
      const message = `\`${color}\` is ${describeType(wanted)}, and the query gives ${describeType(found.schema)}`
      diagnostics.add('type-mismatch', message, locateOutput(color))
    }
  }
}

/** Where a query stands. */
export function positionOfQuery(position: Position): Position {
  return within(position, 'graphql')
}
