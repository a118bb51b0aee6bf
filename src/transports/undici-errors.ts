import { GatewayError } from '../errors.ts'
import { type Flaw, unreachable, unusable } from './failures.ts'

/** undici's and Node's codes, or names of errors without one, for an answer that breaks HTTP or a limit. */
const flaws: ReadonlyMap<string, Flaw> = new Map([
  ['HTTPParserError', 'malformed'],
  ['UND_ERR_HEADERS_OVERFLOW', 'head-too-large'],
  ['HPE_HEADER_OVERFLOW', 'head-too-large'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'too-large'],
])

/** undici's codes for a request that cannot be written. */
const invalidRequestCodes = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

/** Its only sign of a 101 that nobody asked for, and of bytes that belong to no request. */
const badAnswerMessages = new Set(['bad response', 'bad upgrade'])

/**
 * An error of undici, the socket, DNS or TLS as one of ours.
 * @param status The status already received; 0 when none was.
 */
export function toTransportError(error: Error, status: number): GatewayError {
  const code = String((error as { code?: unknown }).code ?? error.name)
  if (invalidRequestCodes.has(code)) {
    return new GatewayError('invalid-input', { detail: 'the request cannot be sent as HTTP', cause: error })
  }
  const flaw = flaws.get(code)
  if (flaw) return unusable(flaw, status, error)
  if (code.startsWith('HPE_') || badAnswerMessages.has(error.message)) return unusable('malformed', status, error)
  return status > 0 ? unusable('broken-off', status, error) : unreachable(error)
}
