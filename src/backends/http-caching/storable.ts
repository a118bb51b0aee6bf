import { splitList } from '../../header-list.ts'
import type { CachePolicy, CallRequest, CallResponse } from '../call.ts'
import { remainingTimeHeader } from '../headers.ts'
import { parseCacheControl } from './cache-control.ts'

/** What the gateway sends anew with every call: an answer that varies by it fits no other request. */
const everChanging = new Set(['*', 'traceparent', 'tracestate', 'x-request-id', remainingTimeHeader])

/**
 * Whether an answer to one request may be given to others that were rendered alike (RFC 9111 section 3). They have
 * `authorization` in common too, so section 3.5 is met; and the headers that `Vary` names are equal already. An answer
 * that sets a cookie is one client's, whatever the policy says.
 */
export function mayBeShared(
  { override }: Pick<CachePolicy, 'override'>,
  request: CallRequest,
  { headers }: Pick<CallResponse, 'headers'>,
): boolean {
  if (headers['set-cookie'] !== undefined || variesForEver(request, headers['vary'])) return false
  if (override) return true
  const control = parseCacheControl(headers['cache-control'])
  return !control.noStore && !control.private
}

/** Whether a success may be kept: one that may be shared, and is whole. */
export function mayBeStored(
  policy: Pick<CachePolicy, 'override'>,
  request: CallRequest,
  response: Pick<CallResponse, 'status' | 'headers'>,
): boolean {
  const { status } = response
  return status !== 206 && status !== 304 && mayBeShared(policy, request, response)
}

/** Whether a `Vary` names what is never the same twice, and was not rendered either. */
function variesForEver(request: CallRequest, vary: string | string[] | undefined): boolean {
  if (vary === undefined) return false
  const names = splitList(String(vary).toLowerCase())
  return names.some((name) => everChanging.has(name) && request.headers[name] === undefined)
}
