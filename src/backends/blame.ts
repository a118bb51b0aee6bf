import type { GatewayError } from '../errors.ts'

/** Failures of ours or of the client: they tell nothing about the backend. */
const neutral = new Set(['cancelled', 'overloaded', 'circuit-open', 'missing-input', 'invalid-input', 'internal'])

/** What an attempt says of the endpoint that was asked: it did well, it failed, or nothing. */
export type Verdict = 'well' | 'failed' | 'nothing'

/**
 * The same failures count as for a breaker: timeout, unavailable, invalid-response, statuses from 500 on, 408 and 429.
 * Other statuses below 500 are answers like any other.
 */
export function judge(error: GatewayError): Verdict {
  if (neutral.has(error.code)) return 'nothing'
  return error.response ? judgeStatus(error.response.status, error.code) : 'failed'
}

/** The same of an answer that came; a 200 that was an error was no valid answer. */
export function judgeStatus(status: number, errorCode: string | undefined): Verdict {
  if (status < 300) return errorCode === undefined ? 'well' : 'failed'
  return status < 500 && status !== 408 && status !== 429 ? 'well' : 'failed'
}

/** What a passthrough says of the endpoint, whose answer is not looked into. */
export function judgePassthrough(status: number | undefined, errorCode: string | undefined): Verdict {
  if (errorCode !== undefined && neutral.has(errorCode)) return 'nothing'
  return status === undefined ? 'failed' : judgeStatus(status, errorCode)
}

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
  // Several addresses were tried (happy eyeballs).
  if (Array.isArray(cause.errors)) return cause.errors.every(({ code }) => neverConnected.has(String(code)))
  return neverConnected.has(String(cause.code)) || (cause.code === 'ETIMEDOUT' && cause.syscall === 'connect')
}
