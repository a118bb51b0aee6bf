import type { GatewayError } from '../errors.ts'

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
])

/** Whether it is certain that the backend saw nothing of the request. */
export function wasNeverSent(error: GatewayError): boolean {
  const cause = error.cause as { code?: unknown; syscall?: unknown; errors?: readonly { code?: unknown }[] } | undefined
  if (error.code !== 'unavailable' || cause === undefined) return false
  if (cause.code === undefined) return (cause as Error).message === 'connecting took too long'
  // Several addresses were tried (happy eyeballs).
  if (Array.isArray(cause.errors)) return cause.errors.every(({ code }) => neverConnected.has(String(code)))
  return neverConnected.has(String(cause.code)) || (cause.code === 'ETIMEDOUT' && cause.syscall === 'connect')
}
