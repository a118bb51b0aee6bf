import type { Location } from '../diagnostics/diagnostic.ts'
import { printJson } from '../json-text.ts'
import { isCredential, isSensitive } from '../redaction.ts'
import { placesOf } from './access.ts'
import type { BoundRoute } from './bound-route.ts'
import { everyRead } from './reads.ts'
import type { RequestParts } from './request-parts.ts'

/** How a route's whole answers are kept and told apart. */
export interface RouteCaching {
  /** Whether answers carry a tag, and a client that has one is told so by 304. */
  readonly etag: boolean
  /** How long an answer is kept; undefined: not at all. */
  readonly ttlMs: number | undefined
  /** Request headers that the answer depends on. */
  readonly vary: readonly string[]
  /** Whether it depends on who asks: on a credential, on an address, on what the dictionary calls pii or secret. */
  readonly isPrivate: boolean
  /**
   * What makes the answer, and all that the route reads of a request, as text: equal only where the same answer is given to
   * requests that are alike to it.
   */
  readonly keyOf: (request: RequestParts) => string
}

type ReadPart = (request: RequestParts) => unknown

/** What a route reads of the request that no two requests have in common, or that has no end. */
export interface Unkeyable {
  readonly what: string
  readonly at: Location
  /** Whether every header is part of it. */
  readonly isAllHeaders?: boolean
}

interface RequestReads {
  readonly headers: ReadonlySet<string>
  readonly parts: ReadonlyMap<string, ReadPart>
  readonly unkeyable: readonly Unkeyable[]
}

/** Compiles what a route says of its whole answers; undefined when it says nothing. */
export function compileRouteCaching(route: BoundRoute, nameMeaning: () => string): RouteCaching | undefined {
  const { etag, cacheTtlMs, access } = route
  if (!etag && cacheTtlMs === undefined) return undefined
  const { headers: read, parts } = findRequestReads(route)
  const headers = new Set(read)
  // Whom an answer is for shows in what says who asks.
  for (const { in: place, name } of placesOf(access))
    if (place !== 'query') headers.add(place === 'cookie' ? 'cookie' : name)
  const readers = [...parts].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, readPart]) => readPart)
  const meaning = nameMeaning()
  return {
    etag,
    ttlMs: cacheTtlMs,
    vary: [...headers].sort(),
    isPrivate: (access && !access.isPublic) || route.inputs.some(isSensitive) || [...parts.keys()].some(tellsWho),
    keyOf: (request) =>
      printJson([meaning, request.method, request.path, ...readers.map((part) => part(request) ?? null)]),
  }
}

/** Whether a part of the request, as `findRequestReads` names it, says who asks. */
function tellsWho(part: string): boolean {
  const [place = '', name = ''] = part.split(' ')
  return place === 'ip' || place === 'cookie' || isCredential(name)
}

/** Everything of the request that the route's answer may depend on. Its path is always part of the key. */
export function findRequestReads(route: BoundRoute): RequestReads {
  const headers = new Set<string>()
  const parts = new Map<string, ReadPart>()
  const unkeyable: Unkeyable[] = []
  const note = (part: string, name: string | undefined, at: Location) => {
    if (part === 'header' || part === 'headers') {
      if (name === undefined) return unkeyable.push({ what: 'all headers', at, isAllHeaders: true })
      headers.add(name)
      parts.set(`header ${name}`, (request) => request.headers[name])
    } else if (part === 'query') {
      parts.set(`query ${name ?? ''}`, (request) => (name === undefined ? request.query : request.query[name]))
    } else if (part === 'cookie' || part === 'cookies') {
      headers.add('cookie')
      parts.set(`cookie ${name ?? ''}`, (request) => (name === undefined ? request.cookies : request.cookies[name]))
    } else if (part === 'ip') {
      parts.set('ip', (request) => request.ip)
    } else if (part === 'claims' || part === 'auth') {
      parts.set('owner', ({ identity }) => identity?.owner)
      const read: ReadPart = ({ identity }) => identity?.[part]
      const member: ReadPart = (request) => (read(request) as Record<string, unknown> | undefined)?.[name!]
      parts.set(`${part} ${name ?? ''}`, name === undefined ? read : member)
    } else if (part === 'body' || part === 'raw' || part === 'id') {
      unkeyable.push({ what: `request.${part}`, at })
    }
  }
  for (const { locator, at } of route.inputs) {
    const [first] = 'path' in locator ? locator.path.prefix : []
    const name = 'name' in locator ? locator.name : typeof first === 'string' ? first : undefined
    note(locator.in, name, at)
  }
  for (const { reference, at } of everyRead(route)) {
    if (reference.kind === 'everything') unkeyable.push({ what: 'the whole context', at, isAllHeaders: true })
    if (reference.kind !== 'request') continue
    const [part, name] = reference.rest
    if (part === undefined) unkeyable.push({ what: 'the whole request', at, isAllHeaders: true })
    else note(String(part), typeof name === 'string' ? name : undefined, at)
  }
  return { headers, parts, unkeyable }
}
