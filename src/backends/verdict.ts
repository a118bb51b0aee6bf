import type { GatewayError } from '../errors.ts'

/** What the end of a call tells about the backend. */
export type Verdict = 'success' | 'failure' | 'nothing'

/** Failures of ours or of the client. */
const neutral = new Set(['cancelled', 'overloaded', 'missing-input', 'invalid-input', 'expression-failed', 'internal'])

/**
 * Whose fault a failed call was. The backend's: timeout, unavailable, invalid-response, statuses from 500 on, 408 and
 * 429. Other statuses from 300 on are answers like any other, so the backend is well. `wasAsked` is false when no
 * attempt was made.
 */
export function judge({ code, response }: GatewayError, wasAsked: boolean): Verdict {
  if (!wasAsked || neutral.has(code)) return 'nothing'
  const status = response?.status
  const isAnswer = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429
  return isAnswer ? 'success' : 'failure'
}
