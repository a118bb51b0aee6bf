import type { EndpointTarget } from '../backends/call.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { type BoundTemplate, bindTemplate } from '../language/bind.ts'
import type { Language } from '../language/color.ts'
import { type Read, reportUnknownColor } from '../language/reference.ts'
import { type Place, within } from '../language/shape.ts'
import { fits } from '../values/schema.ts'
import { type Locator, parseLocator } from './locator.ts'
import { idempotentMethods, methods, type OperationDefinition } from './operation.ts'
import { type PathTemplate, parsePathTemplate } from './path-template.ts'

/** A color that an operation takes. */
export interface OperationInput {
  readonly color: string
  readonly optional: boolean
  readonly locator: Locator
  readonly at: Location
}

/** A color that an operation gives. */
export interface OperationOutput {
  readonly color: string
  readonly locator: Locator
  readonly at: Location
}

/** The service an operation belongs to, as far as calls need it. */
export interface ServiceInfo {
  readonly name: string
  readonly endpoints: readonly EndpointTarget[]
  readonly balance: string
  readonly key: string
}

/** An operation checked against the dictionary: what it takes, gives and reads, with everything parsed. */
export interface BoundOperation {
  readonly service: ServiceInfo
  readonly name: string
  readonly method: string
  readonly idempotent: boolean
  readonly path: PathTemplate
  /** `GET /recommend/{geo.city}` */
  readonly template: string
  readonly inputs: readonly OperationInput[]
  readonly outputs: readonly OperationOutput[]
  readonly body: BoundTemplate | undefined
  readonly headers: readonly { readonly name: string; readonly value: BoundTemplate }[]
  /** What its body, headers and fallbacks read of the context. */
  readonly reads: readonly Read[]
  readonly isSuccess: (status: number) => boolean
  readonly errorNames: ReadonlyMap<number, string>
  readonly definition: OperationDefinition
  readonly place: Place
}

/** Checks one operation's definition; every fault is reported where it stands. */
export function bindOperation(
  service: ServiceInfo,
  name: string,
  definition: OperationDefinition,
  serviceHeaders: { readonly value: Record<string, unknown>; readonly place: Place } | undefined,
  place: Place,
  language: Language,
): BoundOperation {
  const methodKey = methods.find((key) => definition[key] !== undefined)!
  const method = methodKey.toUpperCase()
  const text = definition[methodKey]!
  const path = parsePathTemplate(text)
  const inputs = bindInputs(definition, path, methodKey, place, language)
  const body =
    definition.body === undefined ? undefined : bindTemplate(definition.body, within(place, 'body'), language)
  if (method === 'GET' || method === 'HEAD') rejectBody(definition, inputs, method, place, language)
  const headers = bindHeaders(definition, serviceHeaders, place, language)
  return {
    service,
    name,
    method,
    idempotent: idempotentMethods.has(method) || headers.some((header) => header.name === 'idempotency-key'),
    path,
    template: `${method} ${text.split('?')[0]}`,
    inputs,
    outputs: bindOutputs(definition, place, language),
    body,
    headers,
    reads: [...(body?.reads ?? []), ...headers.flatMap((header) => header.value.reads)],
    isSuccess: compileStatuses(definition.ok ?? '200-299'),
    errorNames: new Map(Object.entries(definition.errors ?? {}).map(([status, code]) => [Number(status), code])),
    definition,
    place,
  }
}

function bindInputs(
  definition: OperationDefinition,
  path: PathTemplate,
  methodKey: string,
  place: Place,
  language: Language,
): OperationInput[] {
  const inputs: OperationInput[] = []
  const placeholders = new Map<string, Location>()
  for (const part of path.parts) {
    if ('literal' in part) continue
    const at = place.source.locateInside([...place.path, methodKey], part.offset, part.placeholder.length)
    placeholders.set(part.placeholder, at)
  }
  const placed = new Set<string>()
  for (const [key, text] of Object.entries(definition.in ?? {})) {
    const color = key.replace(/\?$/, '')
    const at = place.source.locateKey([...place.path, 'in', key])
    const locator = locate(text, 'request', within(place, 'in', key), language)
    if (!knowsColor(color, at, language) || !locator) continue
    const valueAt = place.source.locate([...place.path, 'in', key])
    if (locator.in === 'path') {
      placed.add(locator.name)
      if (!placeholders.has(locator.name)) {
        language.diagnostics.add('invalid-locator', `the path has no placeholder {${locator.name}}`, valueAt)
      }
    }
    if (locator.in === 'body' && !locator.path.singular) {
      language.diagnostics.add('invalid-locator', `\`${text}\` may name many places, a body locator names one`, valueAt)
      continue
    }
    if (locator.in !== 'body') rejectComposite(color, locator, valueAt, language)
    inputs.push({ color, optional: key.endsWith('?'), locator, at })
  }
  for (const [name, at] of placeholders) {
    if (placed.has(name) || !knowsColor(name, at, language)) continue
    const locator = { in: 'path', name } as const
    rejectComposite(name, locator, at, language)
    inputs.push({ color: name, optional: false, locator, at })
  }
  return inputs
}

/** A path segment, header or cookie holds one scalar; a query parameter may repeat, but holds no object. */
function rejectComposite(color: string, locator: Locator, at: Location, language: Language): void {
  const scalar = { type: ['string', 'number', 'boolean', 'null'] }
  const wanted = locator.in === 'query' ? { type: [...scalar.type, 'array'] } : scalar
  const schema = language.colors.get(color)?.schema
  if (fits(schema, wanted)) return
  const place = locator.in === 'query' ? 'a query parameter' : `a ${locator.in}`
  const type = JSON.stringify(schema?.type)
  language.diagnostics.add('type-mismatch', `\`${color}\` is of type ${type}, which cannot stand in ${place}`, at)
}

function bindOutputs(definition: OperationDefinition, place: Place, language: Language): OperationOutput[] {
  const outputs: OperationOutput[] = []
  for (const [color, text] of Object.entries(definition.out ?? {})) {
    const at = place.source.locateKey([...place.path, 'out', color])
    const locator = locate(text, 'response', within(place, 'out', color), language)
    if (!language.colors.has(color)) {
      const meant = reportUnknownColor(color, at, language)
      if (meant !== undefined && locator) outputs.push({ color: meant, locator, at })
      continue
    }
    if (!locator) continue
    const given =
      locator.in === 'status' ? { type: 'integer' } : locator.in === 'header' ? { type: 'string' } : undefined
    const many = locator.in === 'body' && !locator.path.singular ? { type: 'array' } : given
    if (!fits(many, language.colors.get(color)?.schema)) {
      const what = locator.in === 'body' ? 'many values, a list' : `the ${locator.in}`
      language.diagnostics.add('type-mismatch', `\`${text}\` gives ${what}, but \`${color}\` is declared otherwise`, at)
    }
    outputs.push({ color, locator, at })
  }
  return outputs
}

function bindHeaders(
  definition: OperationDefinition,
  service: { readonly value: Record<string, unknown>; readonly place: Place } | undefined,
  place: Place,
  language: Language,
): { name: string; value: BoundTemplate }[] {
  const headers = new Map<string, BoundTemplate>()
  const add = (entries: Record<string, unknown>, owner: Place) => {
    for (const [name, value] of Object.entries(entries)) {
      if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
        language.diagnostics.add(
          'invalid-value',
          `\`${name}\` is not a header name`,
          owner.source.locateKey([...owner.path, name]),
        )
      } else headers.set(name.toLowerCase(), bindTemplate(value, within(owner, name), language))
    }
  }
  if (service) add(service.value, service.place)
  if (definition.headers) add(definition.headers, within(place, 'headers'))
  return [...headers].map(([name, value]) => ({ name, value }))
}

function rejectBody(
  definition: OperationDefinition,
  inputs: readonly OperationInput[],
  method: string,
  place: Place,
  language: Language,
): void {
  const at = inputs.find((input) => input.locator.in === 'body')?.at
  if (!at && definition.body === undefined) return
  language.diagnostics.add(
    'invalid-locator',
    `a ${method} has no body`,
    at ?? place.source.locateKey([...place.path, 'body']),
  )
}

function locate(text: string, side: 'request' | 'response', place: Place, language: Language): Locator | undefined {
  const locator = parseLocator(text, side)
  if (!('code' in locator)) return locator
  const at = place.source.locateInside(place.path, locator.offset, locator.length)
  language.diagnostics.add(locator.code, locator.message, at, locator.help)
  return undefined
}

function knowsColor(color: string, at: Location, language: Language): boolean {
  if (language.colors.has(color)) return true
  reportUnknownColor(color, at, language)
  return false
}

function compileStatuses(ok: NonNullable<OperationDefinition['ok']>): (status: number) => boolean {
  const accepted = new Set<number>()
  for (const entry of Array.isArray(ok) ? ok : [ok]) {
    const [from, to] = String(entry).split('-').map(Number)
    for (let status = from!; status <= (to ?? from!); status += 1) accepted.add(status)
  }
  return (status) => accepted.has(status)
}
