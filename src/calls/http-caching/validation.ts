import type { StoredResponse } from '../../stores/store.ts'
import type { CallRequest, CallResponse } from '../call.ts'

/**
 * The request that asks whether a stored answer still holds (RFC 9111 section 4.3.1); undefined when the answer has no
 * validator, or the request is conditional already.
 */
export function askWhetherValid(request: CallRequest, { headers }: StoredResponse): CallRequest | undefined {
  if (request.headers['if-none-match'] !== undefined || request.headers['if-modified-since'] !== undefined) {
    return undefined
  }
  const etag = headers['etag']
  const modified = headers['last-modified']
  if (typeof etag === 'string') return { ...request, headers: { ...request.headers, 'if-none-match': etag } }
  if (typeof modified !== 'string') return undefined
  return { ...request, headers: { ...request.headers, 'if-modified-since': modified } }
}

/** What a 304 is silent about stays; these belong to the body that was stored (RFC 9111 section 3.2). */
const ofTheBody = new Set(['content-length', 'content-encoding', 'content-type', 'content-range', 'transfer-encoding'])

/** The stored headers as a 304 updates them; undefined when it speaks of another answer than the stored one. */
export function updateHeaders(
  stored: StoredResponse['headers'],
  fresh: CallResponse['headers'],
): StoredResponse['headers'] | undefined {
  const etag = fresh['etag']
  if (etag !== undefined && stored['etag'] !== undefined && !isSameEntity(String(etag), String(stored['etag']))) {
    return undefined
  }
  const updated: Record<string, string | string[]> = { ...stored }
  // An age is of one answer: the newer one's absence means that it has none.
  delete updated['age']
  for (const name in fresh) if (!ofTheBody.has(name)) updated[name] = fresh[name]!
  return updated
}

/** Weak comparison (RFC 9110 section 8.8.3.2). */
export function isSameEntity(one: string, other: string): boolean {
  return one.replace(/^W\//, '') === other.replace(/^W\//, '')
}
