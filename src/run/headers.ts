import { GatewayError } from '../errors.ts'
import { spend } from '../expressions/work.ts'
import { textOfScalar, textsOfList } from '../formats/scalars.ts'
import { isHeaderValue } from '../header-fields.ts'
import type { ConstantHeaders, RouteHeaders } from '../plan/route-headers.ts'

export type Headers = Record<string, string | string[]>

export interface RenderedHeaders {
  readonly headers: Headers
  /** Names of those that cannot be sent and are left out; undefined: none. */
  readonly dropped: readonly string[] | undefined
}

/** Without one of these the answer would be open to more than its route says. */
const guards: ReadonlySet<string> = new Set([
  'content-disposition',
  'content-security-policy',
  'cross-origin-embedder-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'permissions-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
])
/** Without one of these caches would keep the answer longer, or for more, than its route says. */
const ofCaches: ReadonlySet<string> = new Set(['cache-control', 'expires', 'pragma', 'set-cookie', 'vary'])

/**
 * The headers of an answer as text. One whose value no header can have is left out, the rest of the page goes out: the
 * value may be a client's. Shut where it guards: without what tells caches, the answer is `no-store`.
 * @throws GatewayError `internal` where a header that protects the reader would be left out
 */
export function renderHeaders(filled: Readonly<Record<string, unknown>>): RenderedHeaders {
  const headers: Headers = {}
  let dropped: string[] | undefined
  for (const name in filled) {
    const value = name === 'etag' ? tagOf(filled[name]) : headerValue(filled[name])
    if (value !== undefined && isSendable(value)) {
      if (typeof value === 'string' || value.length > 0) headers[name] = value
    } else {
      dropped ??= []
      dropped.push(name)
    }
  }
  if (dropped?.some((name) => guards.has(name)))
    throw new GatewayError('internal', { cause: new Error(`the route's header ${dropped.join(', ')} cannot be sent`) })
  if (dropped?.some((name) => ofCaches.has(name))) headers['cache-control'] = 'no-store'
  return { headers, dropped }
}

/** What a route has every answer of this status carry. */
export function headersOn(status: number, headers: RouteHeaders): ConstantHeaders {
  return status < 400 ? headers.onSuccess : headers.onError
}

/** Adds what an answer does not say itself. */
export function addHeaders(headers: Headers, more: ConstantHeaders): void {
  for (const name in more) headers[name] ??= more[name]!
}

/** Names and values in turn. */
export function flattenHeaders(headers: ConstantHeaders): string[] {
  const flat: string[] = []
  for (const name in headers) {
    const value = headers[name]!
    if (typeof value === 'string') flat.push(name, value)
    else for (const one of value) flat.push(name, one)
  }
  return flat
}

/** Lists to which several add: a service's cookies and what its answer depends on stay. */
const added: ReadonlySet<string> = new Set(['set-cookie', 'vary', 'link'])

/** Puts what a route says in the place of what a service says by the same name: the route is nearer. */
export function replaceHeaders(flat: readonly string[], own: ConstantHeaders): string[] {
  const kept: string[] = []
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at]!.toLowerCase()
    if (!Object.hasOwn(own, name) || added.has(name)) kept.push(flat[at]!, flat[at + 1]!)
  }
  kept.push(...flattenHeaders(own))
  return kept
}

/** RFC 9110 section 8.8.3: quoted, or no client could ask for it again. */
function tagOf(value: unknown): string | undefined {
  const text = textOfScalar(value)
  return text !== undefined && /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text) ? text : undefined
}

function isSendable(value: string | string[]): boolean {
  return typeof value === 'string' ? isHeaderValue(value) : value.every(isHeaderValue)
}

/** A list is that many headers, what is absent in it none. */
function headerValue(value: unknown): string | string[] | undefined {
  if (!Array.isArray(value)) return textOfScalar(value)
  spend(value.length)
  return textsOfList(value)
}
