import { hash } from 'node:crypto'
import type { Language } from '../../binding/color.ts'
import { checkHeaderMayCome } from '../../binding/headers-of-proxies.ts'
import { type Read, type Reference, resolveReference } from '../../binding/reference.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { type Document, ownerOfClaims } from '../../expressions/document.ts'
import { isHeaderName } from '../../header-fields.ts'
import { type Claims, findClaim } from '../../identity/identity.ts'
import { networkOf } from '../../ip-address.ts'
import { printByValue } from '../../json-text.ts'
import { compileColorReader } from '../../operations/request.ts'

/** What a limit or a queue tells clients apart by: a color, or a part of the request. */
export type KeyPart =
  | { readonly kind: 'color'; readonly color: string; readonly at: Location }
  | { readonly kind: 'request'; readonly part: string; readonly name: string | undefined; readonly at: Location }
  | { readonly kind: 'identity'; readonly root: 'claims' | 'auth'; readonly name: string; readonly at: Location }

/** Parts of a request that are one value, and those that have values by name. */
const plainParts = ['ip', 'method', 'path']
const namedParts = ['headers', 'query', 'cookies', 'params']

/** Resolves `user.id` or `request.headers.x-tenant`; what is faulty is reported. */
export function bindKeyPart(text: string, at: Location, language: Language): KeyPart | undefined {
  const [first, part = '', ...rest] = text.split('.')
  const name = rest.length > 0 ? rest.join('.') : undefined
  if ((first === 'claims' || first === 'auth') && part !== '') {
    const path = text.slice(first.length + 1)
    const found = resolveReference([first, ...(first === 'auth' ? path.split('.') : [path])], at, language)
    return found && { kind: 'identity', root: first, name: path, at }
  }
  if (first !== 'request') {
    const found = resolveReference(text.split('.'), at, language)
    if (!found) return undefined
    if (found.kind === 'color' && found.rest.length === 0) return { kind: 'color', color: found.color, at }
    language.diagnostics.add('invalid-value', `\`${text}\` is no color, and no part of the request`, at)
    return undefined
  }
  const isKnown = name === undefined ? plainParts.includes(part) : namedParts.includes(part)
  if (part === 'headers' && name !== undefined) {
    if (!isHeaderName(name)) {
      language.diagnostics.add('invalid-value', `\`${name}\` is not a header name`, at)
      return undefined
    }
    if (language.trustsNoProxy) checkHeaderMayCome(name, at, language.diagnostics)
  }
  if (isKnown) return { kind: 'request', part, name: part === 'headers' ? name?.toLowerCase() : name, at }
  const help =
    'request.ip, request.method, request.path, or by name: request.headers.x, .query.x, .cookies.x, .params.x'
  language.diagnostics.add('invalid-value', `\`${text}\` tells no clients apart`, at, help)
  return undefined
}

/** What a call reads of the context to make its key. */
export function readOfPart(part: KeyPart): Read {
  const reference: Reference =
    part.kind === 'color'
      ? { kind: 'color', color: part.color, rest: [] }
      : part.kind === 'identity'
        ? { kind: 'request', rest: [part.root, part.name] }
        : { kind: 'request', rest: part.name === undefined ? [part.part] : [part.part, part.name] }
  return { reference, at: part.at, demand: 'tolerated' }
}

/** Compiles the key of a call from its context. */
export function compileDocumentKey(parts: readonly KeyPart[]): (document: Document) => string {
  return compileKey(
    parts.map((part) =>
      part.kind === 'color'
        ? compileColorReader(part.color)
        : part.kind === 'identity'
          ? (document: Document) => ownedBy(document[ownerOfClaims], readClaim(document[part.root], part.name))
          : (document: Document) => requestPart(document.request, part.part, part.name),
    ),
  )
}

/** A claim by its whole name, else by a path of names. */
export function readClaim(claims: unknown, name: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  return findClaim(claims as Claims, name)
}

/** What somebody is told apart by, and who says so: the same subject of two issuers is two. */
export function ownedBy(owner: string | undefined, value: unknown): unknown {
  return value === undefined ? undefined : [owner, value]
}

/** What clients are told apart by: a part of a request, or what that has by a name; of an address its network. */
export function requestPart(request: object, part: string, name: string | undefined): unknown {
  const value = (request as Record<string, unknown>)[part]
  return part === 'ip' && typeof value === 'string' ? networkOf(value) : memberOf(value, name)
}

/** A value, or what it has by that name. */
function memberOf(value: unknown, name: string | undefined): unknown {
  if (name === undefined) return value
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** Longer ones are kept as their digest. */
const longestKey = 100

/** One text for equal values and equal only. What is absent is a value too: all who lack it are one client. */
export function compileKey<From>(readers: readonly ((from: From) => unknown)[]): (from: From) => string {
  const [only] = readers
  if (!only) return () => ''
  const print =
    readers.length === 1
      ? (from: From) => printPart(only(from))
      : (from: From) => JSON.stringify(readers.map((read) => printPart(read(from))))
  return (from) => {
    const text = print(from)
    return text.length > longestKey ? hash('sha256', text, 'base64url') : text
  }
}

function printPart(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : printByValue(value)
}
