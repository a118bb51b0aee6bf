import type { Language } from '../binding/color.ts'
import type { Read } from '../binding/reference.ts'
import type { Position } from '../binding/shape.ts'
import type { Location } from '../diagnostics/diagnostic.ts'
import { createNamespaces } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { workOf } from '../expressions/work.ts'
import type { CredentialPlace } from '../identity/credential.ts'
import { findClaim } from '../identity/identity.ts'
import type { AskedOperation, Scheme } from '../identity/scheme.ts'
import { compileOutputs } from '../operations/outputs.ts'
import { compileColorReader } from '../operations/request.ts'
import { buildSite, resolveAround } from '../steps/invoke/site.ts'
import type { ServiceOperation } from '../steps/service-operation.ts'
import type { RouteAccess } from './access.ts'
import { EarlyReads } from './admission/early.ts'
import { RouteBinder } from './binder.ts'
import type { Catalogue } from './catalogue.ts'
import type { BoundInput } from './inputs.ts'
import type { SchemeQuestion } from './scheme-question.ts'

/** What may not hold around it: an answer lets in who has brought what it is for, now, and from whom it was asked. */
const unkept: Readonly<Record<string, string>> = {
  cache: 'an answer that is kept lets in whom nobody has looked at',
  coalesce: 'an answer is for the one who was asked about',
  follow: 'where a redirect leads nobody has been asked about',
  fallback: 'what stands in for an answer lets in whom nobody has looked at',
}

const noParts = Object.assign(new Map(), { isWhole: true })

/** The operations that schemes ask, by scheme: what cannot be asked so is reported. */
export function bindAskedOperations(
  schemes: ReadonlyMap<string, Scheme>,
  positionOf: (scheme: Scheme) => Position,
  catalogue: Catalogue,
  language: Language,
): ReadonlyMap<string, ServiceOperation> {
  const binder = new RouteBinder('', catalogue, language, { parts: noParts })
  const found = new Map<string, ServiceOperation>()
  for (const [name, scheme] of schemes) {
    const asked = scheme.kind.asks?.(scheme.settings)
    const other = asked && binder.operation(asked.operation, positionOf(scheme))
    if (!other) continue
    found.set(name, other)
    const { definition, position } = other.operation
    for (const [key, why] of Object.entries(unkept)) {
      const value = (definition as Readonly<Record<string, unknown>>)[key]
      if (value === undefined || value === false) continue
      const at = position.source.locateKey([...position.path, key])
      const message = `\`${key}\` cannot stand at what the scheme \`${name}\` asks: ${why}`
      language.diagnostics.add('invalid-value', message, at, 'leave it away, or have the scheme ask another operation')
    }
  }
  return found
}

/** Binds what the schemes of a route ask: of what it takes of a request before its body is read. */
export function bindQuestions(
  access: RouteAccess | undefined,
  route: string,
  inputs: readonly BoundInput[],
  operations: ReadonlyMap<string, ServiceOperation>,
  catalogue: Catalogue,
  at: Location,
  language: Language,
): RouteAccess | undefined {
  const asks = new Map<string, SchemeQuestion>()
  for (const scheme of access?.schemes ?? []) {
    const other = operations.get(scheme.name)
    if (!other) continue
    const binder = new RouteBinder(route, catalogue, language, { parts: noParts })
    asks.set(scheme.name, bindQuestion(scheme, other, inputs, binder, at))
    const isLast = scheme === access!.schemes.at(-1)
    if (access!.mode === 'all' || isLast || other.operation.inputs.some(({ optional }) => !optional)) continue
    const message = `\`${scheme.name}\` is asked whatever a request brings: what stands behind it is never looked at`
    language.diagnostics.add('invalid-value', message, at, 'put it last')
  }
  return access && asks.size > 0 ? { ...access, asks } : access
}

function bindQuestion(
  scheme: Scheme,
  other: ServiceOperation,
  inputs: readonly BoundInput[],
  binder: RouteBinder,
  at: Location,
): SchemeQuestion {
  const { operation } = other
  const { position } = operation
  const resolved = resolveAround({ other, policies: {}, position }, binder)
  const parts = { name: scheme.name, other, overrides: new Map(), fallbacks: [], isProvidedFor: false }
  const site = buildSite(
    { ...parts, resolved: resolved.filter(({ kind }) => !Object.hasOwn(unkept, kind.name)) },
    binder,
  )
  const given = inputs.filter(
    ({ locator }) => locator.in !== 'body' && locator.in !== 'claims' && locator.in !== 'auth',
  )
  const isGiven = (color: string) => given.some((input) => input.color === color)
  const wired: Read[] = operation.inputs.map(({ color, optional, at }) => ({
    reference: { kind: 'color', color, rest: [] },
    at,
    demand: optional ? 'guarded' : 'required',
  }))
  // What is cared for where it is absent may be so.
  const needed = [...operation.reads, ...wired].filter(
    ({ reference, demand }) => reference.kind !== 'color' || demand !== 'guarded' || isGiven(reference.color),
  )
  const tell = (message: string, _at: Location, help: string) =>
    binder.diagnostics.add(
      'late-key',
      `\`${scheme.name}\` asks ${operation.service.name}.${operation.name}: ${message}`,
      at,
      help,
    )
  for (const { reference } of needed)
    if (reference.kind === 'request' && (reference.rest[0] === 'claims' || reference.rest[0] === 'auth'))
      tell('nobody knows yet who asks', at, 'use a part of the request, or an input of the route')
  const view = new EarlyReads(given, binder, tell).view(needed, at)
  const required = operation.inputs.flatMap(({ color, optional }) => (optional ? [] : [compileColorReader(color)]))
  const asked = scheme.kind.asks!(scheme.settings)
  return {
    scheme,
    asked,
    site: { ...site, isSuccess: (status) => status >= 200 && status < 300, isUsable: () => true },
    view(request, work) {
      const document = view(request, work)
      return required.every((read) => read(document) !== undefined) ? document : undefined
    },
    claimsOf: compileClaims(other, asked),
    places: needed.flatMap(({ reference }) => placesIn(reference, given)),
  }
}

/** What it gives, as claims: by the names of its outputs. */
function compileClaims({ operation }: ServiceOperation, { subject }: AskedOperation): SchemeQuestion['claimsOf'] {
  const apply = compileOutputs(operation)
  const colors = operation.outputs.map(({ color }) => color)
  const nameColors = createNamespaces(colors)
  const roots = [...new Set(colors.map((color) => color.split('.', 1)[0]!))]
  return (response, work) => {
    const document: Document = { request: {}, steps: {}, [workOf]: work }
    nameColors(document)
    apply(document, response)
    const claims = Object.fromEntries(roots.map((root) => [root, document[root]]))
    return { ...claims, sub: findClaim(claims, subject) }
  }
}

function placesIn(reference: Read['reference'], inputs: readonly BoundInput[]): CredentialPlace[] {
  const [place, name] =
    reference.kind === 'color'
      ? placeOf(inputs.find(({ color }) => color === reference.color))
      : reference.kind === 'request'
        ? [partsOf[String(reference.rest[0])], reference.rest[1]]
        : []
  if (place === undefined || typeof name !== 'string') return []
  return [{ in: place, name: place === 'header' ? name.toLowerCase() : name }]
}

const partsOf: Readonly<Record<string, CredentialPlace['in']>> = {
  headers: 'header',
  cookies: 'cookie',
  query: 'query',
}

function placeOf(input: BoundInput | undefined): [CredentialPlace['in'], string] | [] {
  const { locator } = input ?? {}
  return locator?.in === 'header' || locator?.in === 'cookie' || locator?.in === 'query'
    ? [locator.in, locator.name]
    : []
}
