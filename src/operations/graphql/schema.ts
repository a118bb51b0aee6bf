import type { GraphQLSchema } from 'graphql'
import type { DiagnosticCollector } from '../../diagnostics/collector.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import type { SourceText } from '../../yaml/source.ts'
import { graphql } from './library.ts'

/** The types of a GraphQL service. */
export type Types = GraphQLSchema

/** Schemas are large, and a service's stays the same while its queries are written. */
const built = new WeakMap<SourceText, GraphQLSchema>()

/** Makes a schema of its text (the schema definition language). A fault is reported where the file is named. */
export function buildTypes(
  file: SourceText,
  at: Location,
  diagnostics: DiagnosticCollector,
): GraphQLSchema | undefined {
  const known = built.get(file)
  if (known) return known
  const { buildSchema, validateSchema } = graphql()
  try {
    const schema = buildSchema(file.text)
    const [fault] = validateSchema(schema)
    if (fault) throw fault
    built.set(file, schema)
    return schema
  } catch (error) {
    const { message, locations } = error as { message: string; locations?: readonly { line: number; column: number }[] }
    const [where] = locations ?? []
    const place = where ? `${file.path}:${where.line}:${where.column}` : file.path
    diagnostics.add('invalid-graphql', `${place}: ${message.split('\n')[0]!.replace(/\.$/, '')}`, at)
    return undefined
  }
}
