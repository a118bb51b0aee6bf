import { safeMethods } from '../../calls/methods.ts'
import { placesOf } from '../../plan/access.ts'
import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import { isOfCaller } from '../../proxy-headers.ts'
import { toName, UniqueNames } from '../names.ts'
import { describeBody, describeParameters } from '../to-openapi/request.ts'
import { describeResponses } from '../to-openapi/responses.ts'
import { PublishedSchemas } from '../to-openapi/schemas.ts'

type Schema = Readonly<Record<string, unknown>>

/** A tool as clients are told of it (Model Context Protocol, Tools). Every word of it is the operator's. */
export interface Tool {
  readonly name: string
  readonly description: string
  readonly inputSchema: Schema
  readonly outputSchema?: Schema
  readonly annotations: Schema
}

/** An argument of a tool, and where in a request of its route it stands. */
export interface ToolArgument {
  readonly name: string
  readonly in: 'path' | 'query' | 'header' | 'cookie' | 'body'
  /** What it is called there. */
  readonly parameter: string
  /** What joins the elements of a list; undefined: it is repeated. */
  readonly separator: string | undefined
}

export interface DescribedTool {
  readonly tool: Tool
  readonly route: AggregatedRoute
  readonly takes: readonly ToolArgument[]
}

/** The routes of a snapshot that are tools. Schemas are those of OpenAPI, each tool with its colors inside. */
export function describeTools({ routes, colors }: Pick<Snapshot, 'routes' | 'colors'>): DescribedTool[] {
  const names = new UniqueNames()
  return routes.flatMap((route) => {
    if (route.kind !== 'aggregate' || route.tool === undefined) return []
    return describeTool(route, route.tool, names.take(toName(route.name, 'route').slice(0, 60), '-'), colors)
  })
}

function describeTool(
  route: AggregatedRoute,
  description: string,
  name: string,
  colors: Snapshot['colors'],
): DescribedTool {
  const input = new PublishedSchemas(colors, '#/$defs/')
  const output = new PublishedSchemas(colors, '#/$defs/')
  const { takes, schema } = describeInput(route, colors, input)
  const outputSchema = describeOutput(route, output)
  const isSafe = safeMethods.has(route.match.method)
  return {
    route,
    takes,
    tool: {
      name,
      description,
      inputSchema: withDefinitions(schema, input),
      ...(outputSchema && { outputSchema: withDefinitions(outputSchema, output) }),
      annotations: {
        ...(route.summary !== undefined && { title: route.summary }),
        readOnlyHint: isSafe,
        ...(!isSafe && { idempotentHint: ['PUT', 'DELETE'].includes(route.match.method) }),
      },
    },
  }
}

function describeInput(route: AggregatedRoute, colors: Snapshot['colors'], schemas: PublishedSchemas) {
  // Who asks is told by the request that brings the call, never by the model.
  const isOfBringer = (place: string, name: string) =>
    (place === 'header' && isOfCaller(name.toLowerCase())) ||
    placesOf(route.access).some((one) => one.in === place && one.name === name)
  const isInput = (place: string, name: string) =>
    route.bound.inputs.some(({ locator }) => 'name' in locator && locator.in === place && locator.name === name)
  const parameters = describeParameters(route, colors, schemas).filter((parameter) => {
    const [place, name] = [String(parameter['in']), String(parameter['name'])]
    return (place === 'path' || place === 'query' || isInput(place, name)) && !isOfBringer(place, name)
  })
  const body = describeBody(route, schemas)
  const taken = new UniqueNames(body ? ['body'] : [])
  const takes: ToolArgument[] = []
  const properties: Record<string, unknown> = {}
  const required: string[] = []
  for (const parameter of parameters) {
    const place = parameter['in'] as ToolArgument['in']
    const { name: named, schema, description, required: isRequired } = parameter
    const name = taken.take(String(named).replaceAll(/[^\w.-]/g, '_'), '_')
    properties[name] = description === undefined ? schema : { ...(schema as object), description }
    if (isRequired) required.push(name)
    takes.push({ name, in: place, parameter: String(named), separator: separatorOf(route, String(named)) })
  }
  if (body) {
    const [media] = Object.values(body['content'] as Record<string, { schema: Schema }>)
    properties['body'] = media!.schema
    if (body['required']) required.push('body')
    takes.push({ name: 'body', in: 'body', parameter: 'body', separator: undefined })
  }
  const schema = { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false }
  return { takes, schema }
}

function separatorOf({ bound }: AggregatedRoute, name: string): string | undefined {
  for (const { locator } of bound.inputs) if (locator.in === 'query' && locator.name === name) return locator.separator
  return undefined
}

/** Where there is one way to succeed, and it gives an object; else nothing is promised. */
function describeOutput(route: AggregatedRoute, schemas: PublishedSchemas): Schema | undefined {
  const answers = Object.entries(describeResponses(route, schemas)).filter(([status]) => !/^[45]/.test(status))
  const [[status, answer] = []] = answers
  if (answers.length !== 1 || status === 'default') return undefined
  const content = answer!['content'] as Record<string, { schema: Schema }> | undefined
  const schema = content?.['application/json']?.schema
  return schema?.['type'] === 'object' ? schema : undefined
}

function withDefinitions(schema: Schema, schemas: PublishedSchemas): Schema {
  const definitions = schemas.components()
  return Object.keys(definitions).length > 0 ? { ...schema, $defs: definitions } : schema
}
