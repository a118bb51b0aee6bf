import type { Language } from '../../binding/color.ts'
import { describeType } from '../../binding/describe-type.ts'
import { type Position, within } from '../../binding/shape.ts'
import type { CallCodec } from '../../calls/codec.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { fits, type JsonSchema } from '../../expressions/schema.ts'
import { type Format, Unwritable } from '../../formats/format.ts'
import { formatOf } from '../../formats/index.ts'
import type { OperationDefinition } from '../operation.ts'
import { createCodec } from './codec.ts'
import { fieldOf, fromJson, hasFormOfItsOwn, jsonNameOf, Misfit } from './json.ts'
import { type Field, loadProtobuf, type Root, type Type } from './library.ts'
import { methodsOf } from './proto.ts'

/** A method of gRPC that an operation calls. */
export interface GrpcMethod {
  readonly request: Type
  readonly response: Type
  /** The definition says that it may be sent twice. */
  readonly idempotent: boolean
  /** The definition says that it changes nothing. */
  readonly safe: boolean
  readonly codec: CallCodec
  /** JSON that fits the message, so that what does not is found where it is rendered. */
  readonly encoding: Format
}

/** Finds the method that an operation calls, and checks what it says of its messages; undefined where it cannot, which is reported. */
export function bindGrpc(
  name: string,
  root: Root | 'unread' | undefined,
  definition: OperationDefinition,
  position: Position,
  language: Language,
): GrpcMethod | undefined {
  const { diagnostics } = language
  const { source, path } = position
  const at = source.locate([...path, 'grpc'])
  for (const key of ['encode', 'decode', 'ok'] as const) {
    if (definition[key] === undefined) continue
    const help = 'leave it away: its messages are what the definition says'
    diagnostics.add('invalid-value', `\`${key}\` does not hold for gRPC`, source.locateKey([...path, key]), help)
  }
  if (!root) {
    diagnostics.add(
      'missing-key',
      'its service has no `proto`',
      at,
      'name the definition in the service: `proto: ./stock.proto`',
    )
    return undefined
  }
  if (root === 'unread') return undefined
  const methods = methodsOf(root)
  const method = methods.get(name)
  if (!method) {
    const help = didYouMean(name, methods.keys()) ?? `there are ${[...methods.keys()].join(', ') || 'none'}`
    diagnostics.add('unknown-operation', `the definition has no method \`${name}\``, at, help)
    return undefined
  }
  if (method.requestStream || method.responseStream) {
    diagnostics.add('invalid-value', `\`${name}\` streams, and only one message for another can be called`, at)
    return undefined
  }
  const [request, response] = [method.resolvedRequestType!, method.resolvedResponseType!]
  checkPlaces('in', request, definition.in, position, language)
  checkPlaces('out', response, definition.out, position, language)
  const level = String(method.getOption('idempotency_level') ?? '')
  const safe = level === 'NO_SIDE_EFFECTS'
  return {
    request,
    response,
    idempotent: safe || level === 'IDEMPOTENT',
    safe,
    codec: createCodec(request, response),
    encoding: createEncoding(request),
  }
}

function createEncoding(type: Type): Format {
  const json = formatOf('json')
  return {
    ...json,
    encode(value) {
      try {
        fromJson(value, type, 'it')
      } catch (thrown) {
        throw thrown instanceof Misfit
          ? new Unwritable(`the message does not fit ${type.name}: ${thrown.message}`)
          : thrown
      }
      return json.encode!(value)
    },
  }
}

/** Members that a message does not have, and colors that cannot be what it has. */
function checkPlaces(
  side: 'in' | 'out',
  type: Type,
  places: Readonly<Record<string, string>> | undefined,
  position: Position,
  language: Language,
): void {
  for (const [key, text] of Object.entries(places ?? {})) {
    const { source, path } = within(position, side, key)
    const at = source.locate(path)
    if (/^(path|query|cookie)\./.test(text)) {
      language.diagnostics.add(
        'invalid-locator',
        'a call of gRPC has a message and headers',
        at,
        'write `$.member` or `header.x`',
      )
      continue
    }
    const found = findField(type, text)
    if (!found) continue
    if ('unknown' in found) {
      const names = found.type.fieldsArray.map(jsonNameOf)
      const help = didYouMean(found.unknown, names) ?? `it has ${names.join(', ') || 'none'}`
      language.diagnostics.add('invalid-locator', `${found.type.name} has no member \`${found.unknown}\``, at, help)
      continue
    }
    const color = language.colors.get(key.replace(/\?$/, ''))
    const given = schemaOf(found.field, found.isElement)
    if (!color || !given) continue
    const isFit = side === 'in' ? fits(color.schema, given) : fits(given, color.schema)
    if (!isFit)
      language.diagnostics.add(
        'type-mismatch',
        `\`${jsonNameOf(found.field)}\` is ${describeType(given)}, but \`${key.replace(/\?$/, '')}\` is ${describeType(color.schema)}`,
        at,
      )
  }
}

type Found = { field: Field; isElement: boolean } | { unknown: string; type: Type }

/** The field that a plain path leads to; undefined for one that cannot be followed. */
function findField(start: Type, text: string): Found | undefined {
  const steps = /^\$((?:\.[A-Za-z_]\w*|\[\d+\])+)$/.exec(text)?.[1]?.match(/\.\w+|\[\d+\]/g)
  let type: Type | undefined = start
  let found: { field: Field; isElement: boolean } | undefined
  for (const step of steps ?? []) {
    if (step.startsWith('[')) {
      if (!found?.field.repeated || found.isElement) return undefined
      found = { field: found.field, isElement: true }
      continue
    }
    if (found && (found.field.map || (found.field.repeated && !found.isElement))) return undefined
    if (!type || hasFormOfItsOwn(type)) return undefined
    const field: Field | undefined = fieldOf(type, step.slice(1))
    if (!field) return { unknown: step.slice(1), type }
    found = { field, isElement: false }
    type = field.resolvedType instanceof loadProtobuf().Type ? field.resolvedType : undefined
  }
  return found
}

/** What a field is in JSON; undefined where that depends. */
function schemaOf({ type, resolvedType, map, repeated }: Field, isElement: boolean): JsonSchema | undefined {
  const { Enum } = loadProtobuf()
  if (map) return { type: 'object' }
  if (repeated && !isElement) return { type: 'array' }
  if (resolvedType instanceof Enum) return { type: 'string' }
  if (resolvedType)
    return resolvedType instanceof loadProtobuf().Type && hasFormOfItsOwn(resolvedType) ? undefined : { type: 'object' }
  if (type === 'bool') return { type: 'boolean' }
  if (type === 'string' || type === 'bytes') return { type: 'string' }
  return type === 'double' || type === 'float' ? { type: 'number' } : { type: 'integer' }
}
