import type { Language } from '../binding/color.ts'
import { type BoundHeader, bindHeaders } from '../binding/headers.ts'
import type { Read } from '../binding/reference.ts'
import { type Position, within } from '../binding/shape.ts'
import { createNamespaces } from '../expressions/color.ts'
import type { Document } from '../expressions/document.ts'
import { type WorkBudget, workOf } from '../expressions/work.ts'
import { headersOfPassed } from '../header-fields.ts'
import { headerText } from '../operations/header-text.ts'
import type { RouteMatch } from '../routes/match.ts'
import type { ProxyDefinition } from '../routes/proxy.ts'
import { placesOf, type RouteAccess } from './access.ts'
import { readsWhoAsks } from './calls-with-claims.ts'
import { type BoundInput, compileInputs } from './inputs.ts'
import { bindPassedPath, type PassedPath } from './passed-path.ts'
import type { RequestParts } from './request-parts.ts'
import { compileIdentityView, compileRequestView, isOfWhoAsks, requestPartsRead } from './request-view.ts'

/** What of a client's request goes on through a `proxy:` route, and as what. */
export interface PassedRequest {
  /** Undefined: the path goes on as it came. */
  readonly path: PassedPath | undefined
  /** Headers that stay here, in lower case. */
  readonly withheld: ReadonlySet<string>
  /** Cookies that alone go on, or that alone do not; undefined where all do or none. */
  readonly cookies: { readonly only: readonly string[] } | { readonly but: readonly string[] } | undefined
  /** Parameters of the query that stay here: who asks is told by them. */
  readonly queries: ReadonlySet<string>
  /** Names of headers that the file sets. */
  readonly sets: readonly string[]
  /** Those of them that tell the service who asks, in lower case. */
  readonly asserts: readonly string[]
  /** Headers that the file sets: names and values in turn. Throws a GatewayError. */
  readonly render: ((document: Document) => string[]) | undefined
  /** Makes the context that they are filled from; throws `invalid-input`. Undefined where nothing of the request is read. */
  readonly createDocument: ((request: RequestParts, work?: WorkBudget) => Document) | undefined
  /** Whether the service is told the host that the client asked for. */
  readonly keepsHost: boolean
}

/** What a client proves itself by to the gateway: a service has it only where its route says so. */
export const credentials: readonly string[] = ['authorization', 'cookie', 'x-api-key']

const cookie = /^cookie\.(.+)$/

/** The route around a `proxy:`. */
interface PassedRoute {
  readonly match: RouteMatch
  readonly inputs: readonly BoundInput[]
  readonly access: RouteAccess | undefined
  /** Headers by which calls of the service tell it who asks. */
  readonly asserted: readonly string[]
}

/** Binds what `proxy:` says of the request that goes on. */
export function bindPassedRequest(
  { path, headers = {}, pass = [], drop = [], host }: ProxyDefinition,
  { match, inputs, access, asserted }: PassedRoute,
  position: Position,
  language: Language,
): PassedRequest {
  const looked = placesOf(access)
  const ofWhoAsks = looked.flatMap(({ in: place, name }) => (place === 'cookie' ? name : []))
  const named = (list: readonly string[]) => list.flatMap((name) => cookie.exec(name)?.[1] ?? [])
  const [passed, dropped] = [named(pass), named(drop)]
  const passesCookies = pass.includes('cookie')
  const inHeaders = looked.flatMap(({ in: place, name }) => (place === 'header' ? name : []))
  const kept = new Set([...credentials, ...inHeaders, ...asserted])
  for (const [index, name] of pass.entries()) {
    const at = position.source.locate([...position.path, 'pass', index])
    const whole = name.replace(cookie, 'cookie')
    if (!kept.has(whole)) {
      const help = `without being told, ${[...kept].join(', ')} alone do not`
      language.diagnostics.add('invalid-value', `\`${name}\` goes on anyway`, at, help)
    } else if (passesCookies && name !== whole && !ofWhoAsks.includes(named([name])[0]!)) {
      language.diagnostics.add('invalid-value', `\`${name}\` goes on anyway`, at, '`cookie` names it already')
    } else if (drop.includes(name) || drop.includes(whole))
      language.diagnostics.add(
        'invalid-value',
        `\`${name}\` is named under \`drop\`, too`,
        at,
        'leave one of them away',
      )
  }
  const ofClaims = new Set(inputs.filter(isOfWhoAsks).map(({ color }) => color))
  const tellsWho = (read: Read) =>
    readsWhoAsks(read) || (read.reference.kind === 'color' && ofClaims.has(read.reference.color))
  const set = bindHeaders(headers, 'request', within(position, 'headers'), language)
  for (const { name, value } of set) {
    for (const read of value.reads) checkIsThere(read, inputs, language)
    if (!headersOfPassed.has(name)) continue
    const message = `\`${name}\` cannot be set: the gateway says it of every request that it passes through`
    language.diagnostics.add('reserved-header', message, value.at, 'leave it away')
  }
  const isPassed = (name: string) => pass.includes(name) || (name === 'cookie' && passed.length > 0)
  const stay = [...[...kept].filter((name) => !isPassed(name)), ...drop.filter((name) => !cookie.test(name))]
  // What `auth` reads goes on by its own name alone: one that means its other cookies has not thought of it.
  const notPassed = [...dropped, ...ofWhoAsks.filter((name) => !passed.includes(name) && !dropped.includes(name))]
  return {
    path: path === undefined ? undefined : bindPassedPath(path, match, within(position, 'path'), language),
    withheld: new Set([...stay, ...set.map(({ name }) => name)]),
    cookies: passesCookies
      ? notPassed.length > 0
        ? { but: notPassed }
        : undefined
      : passed.length > 0
        ? { only: passed }
        : undefined,
    queries: new Set(looked.flatMap(({ in: place, name }) => (place === 'query' ? name : []))),
    sets: set.map(({ name }) => name),
    asserts: set.filter(({ value }) => value.reads.some(tellsWho)).map(({ name }) => name.toLowerCase()),
    render: set.length > 0 ? compileSetHeaders(set) : undefined,
    createDocument: set.length + inputs.length > 0 ? compileDocument(set, inputs) : undefined,
    keepsHost: host === 'client',
  }
}

/** Nothing has run before it, and the body goes by: what is read stands in the request's head. */
function checkIsThere({ reference, at }: Read, inputs: readonly BoundInput[], { diagnostics }: Language): void {
  const tell = (message: string, help: string) => diagnostics.add('late-key', message, at, help)
  const help = 'use a part of the request’s head, or an input of the route'
  switch (reference.kind) {
    case 'outside':
      return
    case 'color':
      if (!inputs.some(({ color }) => color === reference.color))
        diagnostics.add('color-never-produced', `nothing gives \`${reference.color}\` here`, at, 'take it in: `in`')
      return
    case 'request':
      if (reference.rest[0] === 'body' || reference.rest[0] === 'raw' || reference.rest.length === 0)
        tell('the body is passed through, and not read', help)
      return
    default:
      tell('what it reads is never there: a passthrough runs no steps', help)
  }
}

function compileSetHeaders(headers: readonly BoundHeader[]): (document: Document) => string[] {
  const readers = headers.map(({ name, value }) => ({
    name,
    read: value.evaluate,
    origin: { name: `the header ${name}`, references: value.reads.map(({ reference }) => reference) },
  }))
  return (document) => {
    const rendered: string[] = []
    for (const { name, read, origin } of readers) {
      const text = headerText(read(document), origin)
      if (text !== undefined) rendered.push(name, text)
    }
    return rendered
  }
}

function compileDocument(
  headers: readonly BoundHeader[],
  inputs: readonly BoundInput[],
): PassedRequest['createDocument'] {
  const parts = requestPartsRead(headers.flatMap(({ value }) => value.reads))
  const viewRequest = compileRequestView(parts)
  const viewIdentity = compileIdentityView(parts, inputs)
  const nameColors = createNamespaces(inputs.map(({ color }) => color))
  const writeInputs = compileInputs(inputs)
  return (request, work) => {
    const document: Document = { request: viewRequest(request), steps: {}, [workOf]: work }
    viewIdentity?.(document, request)
    nameColors(document)
    writeInputs(request, document)
    return document
  }
}
