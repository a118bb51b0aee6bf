import { GatewayError } from '../../errors.ts'

/** undici's codes, or names of errors without one, for an answer that breaks HTTP or a limit. */
const invalidResponseCodes = new Set([
  'HTTPParserError',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
])

/** undici's codes for a request that cannot be written. */
const invalidRequestCodes = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

/** Its only sign of a 100 or 101 that nobody asked for, and of bytes that belong to no request. */
const badAnswerMessages = new Set(['bad response', 'bad upgrade'])

/**
 * An error of undici, the socket, DNS or TLS as one of ours. What it says of the place (address, port) stays in
 * `cause`, for the log.
 * @param status The status already received; 0 when none was.
 */
export function toTransportError(error: Error, status: number): GatewayError {
  const code = String((error as { code?: unknown }).code ?? error.name)
  if (invalidRequestCodes.has(code)) {
    return new GatewayError('invalid-input', { detail: 'the request cannot be sent as HTTP', cause: error })
  }
  if (status > 0) {
    const response = { status, body: undefined }
    return new GatewayError('invalid-response', { detail: 'the answer broke off', response, cause: error })
  }
  if (code.startsWith('HPE_') || invalidResponseCodes.has(code) || badAnswerMessages.has(error.message)) {
    return new GatewayError('invalid-response', { detail: 'the answer is not valid HTTP', cause: error })
  }
  return new GatewayError('unavailable', { detail: `no connection or no answer (${code})`, cause: error })
}
