import type { Location } from '../diagnostics/diagnostic.ts'
import { GatewayError, type InputFault } from '../errors.ts'
import type { Language } from '../language/color.ts'
import { reportUnknownColor } from '../language/reference.ts'
import type { Place } from '../language/shape.ts'
import { type Locator, locate } from '../operations/locator.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { RouteDefinition } from '../routes/route.ts'
import { compileColorWriter } from '../values/color.ts'
import type { Document } from '../values/document.ts'
import { coerce, compileSchema, type JsonSchema } from '../values/schema.ts'
import type { RequestParts } from './snapshot.ts'

/** A color that a route takes from the client's request. */
export interface BoundInput {
  readonly color: string
  readonly locator: Locator
  /** As written, for messages: `query.city`. */
  readonly place: string
  readonly required: boolean
  /** Whether it is there once the request was accepted. */
  readonly certain: boolean
  readonly default: unknown
  readonly schema: JsonSchema
  readonly at: Location
}

/** Binds a route's `in:`. */
export function bindInputs(
  definition: RouteDefinition,
  match: RouteMatch,
  place: Place,
  language: Language,
): BoundInput[] {
  const { source } = place
  const parameters = match.segments.flatMap((segment) => (segment.kind === 'literal' ? [] : [segment.name]))
  return Object.entries(definition.in ?? {}).flatMap(([key, entry]) => {
    const path = [...place.path, 'in', key]
    const at = source.locateKey(path)
    const color = key.replace(/\?$/, '')
    const text = typeof entry === 'string' ? entry : entry.from
    const textPath = typeof entry === 'string' ? path : [...path, 'from']
    const fallback = typeof entry === 'string' ? undefined : (entry.default as unknown)
    const locator = locate(text, 'request', { source, path: textPath }, language)
    if (!locator) return []
    if (locator.in === 'path' && !parameters.includes(locator.name)) {
      language.diagnostics.add(
        'unknown-path-parameter',
        `the path has no {${locator.name}}`,
        source.locate(textPath),
        `it has ${parameters.map((name) => `{${name}}`).join(', ') || 'none'}`,
      )
    }
    // Going on with the color that was meant keeps what reads it from being reported too.
    const known = language.colors.has(color) ? color : reportUnknownColor(color, at, language)
    const schema = known === undefined ? undefined : language.colors.get(known)?.schema
    if (known === undefined || schema === undefined) return []
    if (fallback !== undefined) checkDefault(color, fallback, schema, source.locate([...path, 'default']), language)
    const required = !key.endsWith('?') && fallback === undefined
    return [
      {
        color: known,
        locator,
        place: text,
        required,
        certain: required || fallback !== undefined,
        default: fallback,
        schema,
        at,
      },
    ]
  })
}

function checkDefault(color: string, value: unknown, schema: JsonSchema, at: Location, language: Language): void {
  const compiled = compileSchema(schema)
  if ('code' in compiled) return
  const [fault] = compiled.validate(value)
  if (fault !== undefined)
    language.diagnostics.add('type-mismatch', `the default of \`${color}\` does not fit: ${fault}`, at)
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
      validate: 'code' in schema ? () => [] : schema.validate,
      write: compileColorWriter(input.color),
    }
  })
  return (request, document) => {
    const faults: InputFault[] = []
    for (const input of readers) {
      const raw = input.read(request)
      if (raw === undefined) {
        if (input.default !== undefined) input.write(document, input.default)
        else if (input.required) faults.push({ in: input.place, detail: 'is missing' })
        continue
      }
      // A value in a JSON body has its type already; all else came as text.
      const typed = input.locator.in === 'body' && !isForm(request)
      const value = typed ? raw : coerce(raw as string | string[], input.schema)
      const found = input.validate(value)
      if (found.length === 0) input.write(document, value)
      for (const detail of found) faults.push({ in: input.place, detail })
    }
    if (faults.length > 0) {
      throw new GatewayError('invalid-input', {
        faults,
        detail: `${faults.length} fault${faults.length === 1 ? '' : 's'} in the request`,
      })
    }
  }
}

function isForm({ headers }: RequestParts): boolean {
  return headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false
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
    case 'status':
      throw new Error('a request has no status')
  }
}
