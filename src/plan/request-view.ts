import type { Read } from '../binding/reference.ts'
import { type Document, ownerOfClaims } from '../expressions/document.ts'
import type { BoundInput } from './inputs.ts'
import type { RequestParts } from './request-parts.ts'

const ownParts = ['method', 'path', 'params', 'query', 'headers', 'cookies', 'body', 'ip', 'id'] as const
/** Those of who asks stand beside the request, `claims` in it too. */
const partNames = [...ownParts, 'claims', 'auth'] as const
type PartName = (typeof partNames)[number]

/** Whether a route sends the body on as it came. */
export function readsRaw(reads: readonly Read[]): boolean {
  return reads.some(({ reference }) => reference.kind === 'request' && reference.rest[0] === 'raw')
}

/** The parts of `request` that a route reads; the server never makes the others. */
export function requestPartsRead(reads: readonly Read[]): ReadonlySet<PartName> {
  const parts = new Set<PartName>()
  for (const { reference } of reads) {
    if (reference.kind === 'everything' || (reference.kind === 'request' && reference.rest.length === 0)) {
      for (const name of partNames) parts.add(name)
    } else if (reference.kind === 'request') {
      const name = partNames.find((known) => known === reference.rest[0])
      if (name) parts.add(name)
    }
  }
  return parts
}

/** Whether answering a request needs its body. */
export function readsBody(parts: ReadonlySet<PartName>, inputs: readonly BoundInput[]): boolean {
  return parts.has('body') || inputs.some((input) => input.locator.in === 'body')
}

/** Compiles the context's `request` member with only the parts that are read. */
export function compileRequestView(parts: ReadonlySet<PartName>): (request: RequestParts) => Record<string, unknown> {
  const names = ownParts.filter((name) => parts.has(name))
  const hasClaims = parts.has('claims')
  return (request) => {
    const view: Record<string, unknown> = {}
    for (const name of names) {
      const value = request[name]
      if (value !== undefined) view[name] = value
    }
    if (hasClaims && request.identity) view['claims'] = request.identity.claims
    // Whoever takes the whole request does not take it along.
    if (request.raw) Object.defineProperty(view, 'raw', { value: request.raw })
    return view
  }
}

/** Compiles the context's `claims` and `auth`, and whose they are; undefined where nothing reads them. */
export function compileIdentityView(
  parts: ReadonlySet<PartName>,
  inputs: readonly BoundInput[],
): ((document: Document, request: RequestParts) => void) | undefined {
  const hasClaims = parts.has('claims')
  const hasAuth = parts.has('auth')
  if (!hasClaims && !hasAuth && !inputs.some(isOfWhoAsks)) return undefined
  return (document, { identity }) => {
    if (!identity) return
    document[ownerOfClaims] = identity.owner
    if (hasClaims) document.claims = identity.claims
    if (hasAuth) document.auth = identity.auth
  }
}

/** Whether an input is taken of what is known of who asks. */
export function isOfWhoAsks({ locator }: BoundInput): boolean {
  return locator.in === 'claims' || locator.in === 'auth'
}
