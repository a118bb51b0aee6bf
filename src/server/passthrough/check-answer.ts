import type { ClientRequest, IncomingMessage } from 'node:http'
import { GatewayError } from '../../errors.ts'
import { contained, type Endable } from '../../faults.ts'

/** Node reads no more headers than these and leaves the rest out: what is left may say another thing of the body. */
const mostHeaders = 1000
/** No honest backend says so often that it is not ready yet. */
const mostInterimAnswers = 16

/** Why an answer cannot be passed on; undefined for one that can. */
export function checkAnswer({ statusCode = 0, httpVersion, rawHeaders, headers }: IncomingMessage) {
  if (statusCode < 200 || statusCode > 599) return invalid('the answer has no valid status')
  if (rawHeaders.length >= 2 * mostHeaders) return invalid(`the answer has ${mostHeaders} headers or more`)
  const codings = headers['transfer-encoding']
  // Passed on without it, what another coding made of the body would be taken for the body (RFC 9112 section 6.1).
  if (codings !== undefined && (codings.toLowerCase() !== 'chunked' || httpVersion !== '1.1')) {
    return invalid('the answer has a transfer coding that is not `chunked`')
  }
  return undefined
}

/** Tells once when a backend sends more interim answers (1xx) than anyone needs. */
export function boundInterimAnswers(request: ClientRequest, owner: Endable, tell: (error: GatewayError) => void): void {
  let answers = 0
  request.on(
    'information',
    contained('backend', owner, () => {
      answers++
      if (answers === mostInterimAnswers + 1) tell(invalid(`there are over ${mostInterimAnswers} interim answers`))
    }),
  )
}

export function invalid(detail: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid-response', { detail, cause })
}
