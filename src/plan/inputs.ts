import type { ColorDefinition, Language } from '../binding/color.ts'
import { checkHeaderMayCome } from '../binding/headers-of-proxies.ts'
import { findColor, resolveReference } from '../binding/reference.ts'
import { checkIsFixed, type Position, within } from '../binding/shape.ts'
import { suspectValue } from '../binding/too-much-work.ts'
import { asWritten } from '../binding/written.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { GatewayError, type InputFault } from '../errors.ts'
import { compileColorWriter } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { compileCoercion, compileConversion, compileSchema, fillValue, type JsonSchema } from '../expressions/schema.ts'
import { enter, workOf } from '../expressions/work.ts'
import { type Locator, type LocatorSide, locate, rejectJoin } from '../operations/locator.ts'
import { isSensitive, type Sensitivity } from '../redaction.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { RouteDefinition } from '../routes/route.ts'
import type { RequestParts } from './request-parts.ts'

/** A color that a route takes from the client's request. */
export interface BoundInput {
  readonly color: string
  readonly locator: Locator
  /** As written, for messages: `query.city`. */
  readonly from: string
  readonly required: boolean
  /** Whether it is there once the request was accepted. */
  readonly certain: boolean
  readonly default: unknown
  readonly schema: JsonSchema
  /** A fault of one that is pii or secret tells nothing of what its type allows. */
  readonly sensitivity: Sensitivity
  readonly at: Location
}

/** Binds a route's `in:`. What is faulty is reported and taken as given, so that what reads it is not reported too. */
export function bindInputs(
  definition: RouteDefinition,
  match: RouteMatch,
  position: Position,
  language: Language,
): BoundInput[] {
  const parameters = match.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  const entries = definition.in ?? {}
  const side = !match.on ? 'client' : match.on.kind === 'stream' ? 'message' : 'trigger'
  const faulty = Object.keys(position.source.valueAt(['in']) ?? {}).filter((key) => !Object.hasOwn(entries, key))
  return [
    ...Object.entries(entries).flatMap(
      ([key, entry]) => bindInput(key, entry, side, parameters, within(position, 'in', key), language) ?? [],
    ),
    ...faulty.flatMap((key) => {
      const at = position.source.locateKey(['in', key])
      const color = findColor(key.replace(/\?$/, ''), at, language)
      if (!color) return []
      const { name, schema, sensitivity } = color
      return {
        color: name,
        schema,
        sensitivity,
        at,
        locator: unread,
        from: '',
        required: true,
        certain: true,
        default: undefined,
      }
    }),
  ]
}

/** Stands in for a locator that could not be read; never compiled. */
const unread: Locator = { in: 'query', name: '', separator: undefined }

function bindInput(
  key: string,
  entry: NonNullable<RouteDefinition['in']>[string],
  side: LocatorSide,
  parameters: readonly string[],
  position: Position,
  language: Language,
): BoundInput | undefined {
  const { source, path } = position
  const text = typeof entry === 'string' ? entry : entry.from
  const textPosition = typeof entry === 'string' ? position : within(position, 'from')
  const locator = locate(text, side, textPosition, language) ?? unread
  if (locator.in === 'path' && !parameters.includes(locator.name)) {
    language.diagnostics.add(
      'unknown-path-parameter',
      `the path has no {${locator.name}}`,
      source.locate(textPosition.path),
      `it has ${parameters.map((name) => `{${name}}`).join(', ') || 'none'}`,
    )
  }
  if (locator.in === 'queries') {
    const help = 'name each parameter that the route takes: `query.x`'
    language.diagnostics.add(
      'invalid-locator',
      '`query.*` is a place in a call',
      source.locate(textPosition.path),
      help,
    )
    return undefined
  }
  if (locator.in === 'claims' || locator.in === 'auth') {
    const [first, second] = locator.path.prefix
    resolveReference([locator.in, first ?? [], second ?? []].flat(), source.locate(textPosition.path), language)
  }
  const at = source.locateKey(path)
  const color = findColor(key.replace(/\?$/, ''), at, language)
  if (!color) return undefined
  const { name, schema, sensitivity } = color
  rejectJoin(name, locator, source.locate(textPosition.path), language)
  if (locator.in === 'header' && language.trustsNoProxy) checkHeaderMayCome(locator.name, at, language.diagnostics)
  const written = typeof entry === 'string' ? undefined : entry.default
  const isFixed = checkIsFixed(written, within(position, 'default'), language.diagnostics)
  const fallback = isFixed ? fillValue(asWritten(written, schema, within(position, 'default')), schema) : undefined
  if (fallback !== undefined) checkDefault(color, fallback, source.locate([...path, 'default']), language)
  const required = !key.endsWith('?') && fallback === undefined
  const certain = required || fallback !== undefined
  return { color: name, schema, sensitivity, at, locator, from: text, required, certain, default: fallback }
}

function checkDefault(color: ColorDefinition, value: unknown, at: Location, language: Language): void {
  const compiled = compileSchema(color.schema)
  if ('code' in compiled) return
  const [fault] = compiled.validate(value)
  if (fault === undefined) return
  const why = isSensitive(color) ? '' : `: ${fault}`
  language.diagnostics.add('type-mismatch', `the default of \`${color.name}\` does not fit${why}`, at)
}

/**
 * Compiles how a request becomes colors: converted to each color's type, checked against it, all faults at once.
 * The closure throws `invalid-input`.
 */
export function compileInputs(inputs: readonly BoundInput[]): (request: RequestParts, document: Document) => void {
  const readers = inputs.map((input) => {
    const schema = compileSchema(input.schema)
    return {
      ...input,
      read: compileRequestReader(input.locator),
      convert: compileConversion(input.schema),
      validate: 'code' in schema ? () => [] : schema.validate,
      write: compileColorWriter(input.color),
    }
  })
  const write = (request: RequestParts, document: Document) => {
    const faults: InputFault[] = []
    for (const input of readers) {
      const raw = input.read(request)
      if (raw === undefined) {
        if (input.default !== undefined) input.write(document, input.default)
        else if (input.required) faults.push({ in: input.from, detail: 'is missing' })
        continue
      }
      // A value in a JSON body, a message or a token has its type already; all else came as text.
      const value = isTyped(input.locator, request) ? raw : input.convert(raw)
      const found = input.validate(value)
      if (found.length === 0) input.write(document, value)
      // Its enum, bounds and pattern are as sensitive as its values.
      const told = found.length > 0 && isSensitive(input) ? ['is not valid'] : found
      for (const detail of told) faults.push({ in: input.from, detail })
    }
    if (faults.length > 0) {
      throw new GatewayError('invalid-input', {
        faults,
        detail: `${faults.length} fault${faults.length === 1 ? '' : 's'} in the request`,
      })
    }
  }
  return (request, document) => {
    enter(document[workOf])
    try {
      write(request, document)
    } catch (thrown) {
      throw suspectValue(thrown, 'request', request.body)
    }
  }
}

function isTyped(locator: Locator, { bodyHoldsTexts, message }: RequestParts): boolean {
  if (locator.in === 'body') return !bodyHoldsTexts
  if (locator.in === 'message') return locator.path.prefix[0] === 'data' && !message?.holdsTexts
  return locator.in === 'claims' || locator.in === 'auth'
}

/** Compiles what one input will be, as far as it can be told: typed, or its default; one that is faulty as it came. */
export function compileInputReader(input: BoundInput): (request: RequestParts) => unknown {
  const read = compileRequestReader(input.locator)
  const coerce = compileCoercion(input.schema)
  return (request) => {
    const raw = read(request)
    return raw === undefined ? input.default : coerce(raw as string | string[])
  }
}

function compileRequestReader(locator: Locator): (request: RequestParts) => unknown {
  switch (locator.in) {
    case 'path':
      return ({ params }) => params[locator.name]
    case 'query': {
      const { name, separator } = locator
      if (separator === undefined) return ({ query }) => query[name]
      return ({ query }) => {
        const value = query[name]
        if (value === undefined) return undefined
        return [value].flat().flatMap((text) => (text === '' ? [] : text.split(separator)))
      }
    }
    case 'header':
      return ({ headers }) => headers[locator.name]
    case 'cookie':
      return ({ cookies }) => cookies[locator.name]
    case 'body':
      return ({ body }) => locator.path.evaluate(body)
    case 'claims':
      return ({ identity }) => (identity ? locator.path.evaluate(identity.claims) : undefined)
    case 'auth':
      return ({ identity }) => (identity ? locator.path.evaluate(identity.auth) : undefined)
    case 'trigger':
      return ({ trigger }) => locator.path.evaluate(trigger)
    case 'message':
      return ({ message }) => locator.path.evaluate(message)
    case 'status':
    case 'queries':
      throw new Error('a request is not read so')
  }
}
