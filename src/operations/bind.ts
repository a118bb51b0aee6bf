import { bindBody } from '../binding/bind.ts'
import type { Language } from '../binding/color.ts'
import { describeType } from '../binding/describe-type.ts'
import { bindEncoding } from '../binding/encoding.ts'
import { findColor } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import type { Decoding } from '../calls/decoding.ts'
import { idempotentMethods, safeMethods } from '../calls/methods.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { fits, type JsonSchema } from '../expressions/schema.ts'
import { bindOperationInputs } from './bind-inputs.ts'
import type { BoundOperation, OperationOutput, ServiceInfo } from './bound-operation.ts'
import { graphqlDialect } from './graphql/answers.ts'
import { bindQuery, checkData, checkVariables, positionOfQuery, queryPart } from './graphql/bind.ts'
import { placeBelowData } from './graphql/places.ts'
import type { Types } from './graphql/schema.ts'
import { bindGrpc } from './grpc/bind.ts'
import { locate } from './locator.ts'
import { methods, type OperationDefinition } from './operation.ts'
import { parsePathTemplate } from './path-template.ts'
import { bindSentHeaders, type DeclaredHeaders, hasIdempotencyKey, refuseAnotherAuthorization } from './sent-headers.ts'

export type { BoundOperation } from './bound-operation.ts'

/** Where GraphQL services are by convention. */
const graphqlPath = '/graphql'

/** Checks one operation's definition; every fault is reported where it stands. */
export function bindOperation(
  service: ServiceInfo,
  name: string,
  definition: OperationDefinition,
  inheritedHeaders: readonly DeclaredHeaders[],
  position: Position,
  around: Language,
  types?: Types | undefined,
): BoundOperation {
  // Of the catalogue, its calls are named after it unless their steps have an id.
  const language: Language = { ...around, owner: around.owner ?? { name } }
  const isGraphql = definition.graphql !== undefined
  const grpc =
    definition.grpc === undefined ? undefined : bindGrpc(definition.grpc, service.proto, definition, position, language)
  const methodKey =
    methods.find((key) => definition[key] !== undefined) ?? (definition.grpc === undefined ? 'post' : 'grpc')
  const method = methodKey === 'grpc' ? 'POST' : methodKey.toUpperCase()
  const text = methodKey === 'grpc' ? `/${definition.grpc}` : (definition[methodKey] ?? graphqlPath)
  const path = parsePathTemplate(text)
  const inputs = bindOperationInputs(definition, path, methodKey, position, language)
  const outputs = bindOutputs(definition, position, language)
  const query =
    definition.graphql === undefined
      ? undefined
      : bindQuery(definition.graphql, types, positionOfQuery(position), language)
  if (query) {
    checkVariables(query, types, inputs, language)
    checkData(query, types, outputs, (color) => position.source.locate([...position.path, 'out', color]), language)
  }
  const isQuery = query?.operation.operation === 'query'
  const body = definition.body === undefined ? undefined : bindBody(definition.body, within(position, 'body'), language)
  const own = definition.headers
    ? [{ value: definition.headers, position: within(position, 'headers'), by: 'operation' as const }]
    : []
  const headers = bindSentHeaders([...inheritedHeaders, ...own], language)
  if (service.auth) refuseAnotherAuthorization(inputs, headers, language)
  const hasBody = isGraphql || body !== undefined || inputs.some(({ locator }) => locator.in === 'body')
  const mayRepeat = definition.idempotent ?? (isQuery || grpc?.idempotent || idempotentMethods.has(method))
  return {
    service,
    name,
    method,
    mayRepeat,
    idempotent: mayRepeat || hasIdempotencyKey(headers),
    safe: isQuery || grpc?.safe || safeMethods.has(method),
    dialect: isGraphql ? graphqlDialect(definition.partial === true, query?.operation) : undefined,
    path,
    template: `${method} ${text.split('?')[0]}`,
    inputs,
    outputs,
    body,
    fixed: definition.graphql === undefined ? [] : [queryPart(definition.graphql)],
    encoding: grpc?.encoding ?? bindEncoding({ encode: definition.encode, headers, hasBody, body }, position, language),
    codec: grpc?.codec,
    decoding: bindDecoding(definition, methodKey, position, language),
    headers,
    reads: [...(body?.reads ?? []), ...headers.flatMap((header) => header.value.reads)],
    isSuccess: compileStatuses(definition.ok ?? '200-299'),
    errorNames: new Map(Object.entries(definition.errors ?? {}).map(([status, code]) => [Number(status), code])),
    definition,
    isWhole: (['out', 'errors'] as const).every((key) => {
      const written = position.source.valueAt([...position.path, key]) ?? {}
      return Object.keys(written).every((name) => Object.hasOwn(definition[key] ?? {}, name))
    }),
    position,
  }
}

function bindDecoding(
  { decode }: OperationDefinition,
  methodKey: string,
  { source, path }: Position,
  { diagnostics }: Language,
): Decoding | undefined {
  if (decode === undefined) return undefined
  if (methodKey === 'head')
    diagnostics.add('invalid-value', 'the answer to a HEAD has no body to read', source.locateKey([...path, 'decode']))
  return Array.isArray(decode) ? { among: decode } : { as: decode }
}

function bindOutputs(definition: OperationDefinition, position: Position, language: Language): OperationOutput[] {
  return Object.entries(definition.out ?? {}).flatMap(([name, text]) => {
    const at = position.source.locateKey([...position.path, 'out', name])
    const place = definition.graphql === undefined ? text : placeBelowData(text)
    const locator = locate(place, 'response', within(position, 'out', name), language)
    const color = findColor(name, at, language)
    if (!color) return []
    const { schema } = color
    if (locator?.in === 'status' && !fits({ type: 'integer' }, schema)) {
      reportOutput(name, 'the status is a number', schema, at, language)
    } else if (locator?.in === 'body' && !locator.path.singular && !fits({ type: 'array' }, schema)) {
      reportOutput(name, `\`${text}\` gives a list`, schema, at, language)
    }
    // A color whose place could not be read is given all the same, so that what reads it is not reported too.
    return { color: color.name, locator: locator ?? { in: 'status' }, schema, at }
  })
}

function reportOutput(
  color: string,
  given: string,
  schema: JsonSchema | undefined,
  at: Location,
  language: Language,
): void {
  language.diagnostics.add('type-mismatch', `${given}, but \`${color}\` is ${describeType(schema)}`, at)
}

function compileStatuses(ok: NonNullable<OperationDefinition['ok']>): (status: number) => boolean {
  const accepted = new Set<number>()
  for (const entry of Array.isArray(ok) ? ok : [ok]) {
    const [from, to] = String(entry).split('-').map(Number)
    for (let status = from!; status <= (to ?? from!); status += 1) accepted.add(status)
  }
  return (status) => accepted.has(status)
}
