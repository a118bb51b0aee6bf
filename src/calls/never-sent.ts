import type { GatewayError } from '../errors.ts'
import { codesOf } from '../transports/failures.ts'

/** What the system says of a connection that never came to be, so that nothing was sent. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_HTTP2_STREAM_REFUSED',
])

/** Whether it is certain that the backend saw nothing of the request. */
export function wasNeverSent({ code, cause }: Pick<GatewayError, 'code' | 'cause'>): boolean {
  if (code !== 'unavailable' || cause === undefined) return false
  if ((cause as Error).message === 'connecting took too long') return true
  const { syscall } = cause as { syscall?: unknown }
  const codes = codesOf(cause)
  return (
    codes.length > 0 && codes.every((one) => neverConnected.has(one) || (one === 'ETIMEDOUT' && syscall === 'connect'))
  )
}
