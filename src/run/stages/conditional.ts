import { hash } from 'node:crypto'
import { isSameEntity } from '../../calls/http-caching/validation.ts'
import { splitList } from '../../header-list.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import type { RouteCaching } from '../../plan/route-caching.ts'
import type { Answer, Outcome } from '../outcome.ts'
import { andThen, defineStage } from '../stage.ts'

/** Tells caches between the client and us what they may do with an answer; a client that has it is told so. */
export const conditional = defineStage({
  name: 'conditional',
  on: ['route'],
  open({ caching }) {
    if (!caching) return undefined
    return (next) => (request, client) => {
      // What it is answered is kept nowhere.
      if (request.debug) return next(request, client)
      return andThen(next(request, client), (outcome) => makeConditional(outcome, caching, request.parts))
    }
  },
})

/**
 * Tells other caches what they may do with a route's answer: `ETag`, `Vary`, and a `Cache-Control` where the route
 * says none. A client that has the answer already is told so by 304 (RFC 9110 section 13.1.2).
 */
export function makeConditional(
  outcome: Outcome,
  caching: RouteCaching,
  request: Pick<RequestParts, 'method' | 'headers'>,
): Outcome {
  if (outcome.kind !== 'answer' || outcome.status !== 200) return outcome
  const headers = { ...outcome.headers, ...describeCaching(outcome, caching) }
  if (caching.etag && outcome.body) headers['etag'] ??= tagOf(outcome.body)
  const answer = { ...outcome, headers }
  const { method } = request
  const isRead = method === 'GET' || method === 'HEAD'
  const wanted = request.headers['if-none-match']
  const isKnown = isRead && wanted !== undefined && matches(wanted, headers['etag'])
  return isKnown ? notModified(answer) : answer
}

function describeCaching(
  { headers: own, records, degraded }: Answer,
  { vary, ttlMs, isPrivate }: RouteCaching,
): Record<string, string | string[]> {
  const described: Record<string, string | string[]> = {}
  if (vary.length > 0) {
    const named = splitList(String(own['vary'] ?? '').toLowerCase())
    described['vary'] = [...new Set([...named, ...vary])].join(', ')
  }
  const isOwn = own['cache-control'] !== undefined
  // What a degraded answer says is the gateway's word, not the route's.
  if (records.some(({ isPersonal }) => isPersonal) && (!isOwn || degraded.length > 0)) {
    described['cache-control'] = 'no-store'
  } else if (ttlMs !== undefined && !isOwn) {
    described['cache-control'] = `${isPrivate ? 'private, ' : ''}max-age=${Math.floor(ttlMs / 1000)}`
  }
  return described
}

/** Strong: equal bytes, equal tag. 132 bits of SHA-256. */
function tagOf(body: Uint8Array): string {
  return `"${hash('sha256', body, 'base64url').slice(0, 22)}"`
}

/** Quotes enclose everything but quotes, commas included. */
const listedTag = /(?:W\/)?"[^"]*"/g

function matches(wanted: string, etag: string | string[] | undefined): boolean {
  if (typeof etag !== 'string') return false
  if (wanted.trim() === '*') return true
  return (wanted.match(listedTag) ?? []).some((tag) => isSameEntity(tag, etag))
}

/** Of the body that is not sent: only what a cache needs of the rest is (RFC 9110 section 15.4.5). */
function notModified(answer: Answer): Answer {
  const { 'content-type': _type, ...headers } = answer.headers
  return { ...answer, status: 304, headers, body: undefined }
}
