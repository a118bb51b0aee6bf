import type { IncomingResponse } from '../transports/transport.ts'
import type { CallRequest } from './call.ts'
import type { CallSite } from './policy.ts'

type Headers = IncomingResponse['headers']

/** Those that say where to go on (RFC 9110 section 15.4); 300 and 304 do not. */
const redirects = new Set([301, 302, 303, 307, 308])

/** The method that a redirect is followed with: what was done by a POST is only looked at (RFC 9110 section 15.4). */
export function methodAfter(status: number, method: string): string {
  const becomesGet = status === 303 ? method !== 'HEAD' : (status === 301 || status === 302) && method === 'POST'
  return becomesGet ? 'GET' : method
}

/** Whether an answer leads on: it says where, and what has to be sent again may be. */
export function leadsOn(
  { idempotent }: Pick<CallSite, 'idempotent'>,
  { method }: Pick<CallRequest, 'method'>,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): boolean {
  if (!redirects.has(status) || headers['location'] === undefined) return false
  const next = methodAfter(status, method)
  return next === 'GET' || next === 'HEAD' || idempotent === true
}

/** What a recipient should at least bear (RFC 9110 section 4.1). */
const longestLocation = 8000

/** Where a `Location` leads, seen from where it came; undefined for what is no reference of http or https to go to. */
export function resolveLocation(location: string | string[], from: string): URL | undefined {
  const text = String(location)
  // A list of them has a blank.
  if (text.length > longestLocation || !/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text, from)) return undefined
  const url = new URL(text, from)
  const isPlain = /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return isPlain ? url : undefined
}
