import type { Scope } from '../cancellation.ts'
import type { Clock, Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { contentFieldsOf, type IncomingResponse, type OutgoingRequest } from '../transports/transport.ts'
import type { Answer } from './mocks.ts'

/** Answers a request in its time, by the contract of a channel: what is cancelled first rejects with the scope's reason. */
export function answerAs(
  answer: Answer,
  body: string,
  request: OutgoingRequest,
  scope: Scope,
  clock: Clock,
): Promise<IncomingResponse> {
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined
    const unsubscribe = scope.onCancel((reason) => {
      timer?.cancel()
      reject(reason)
    })
    const end = () => {
      unsubscribe()
      const response = respond(answer, body, request)
      if (response instanceof GatewayError) reject(response)
      else resolve(response)
    }
    // It never answers: the call's own timeout ends it.
    if (answer.fail === 'timeout') return
    if (answer.delayMs > 0) timer = clock.schedule(answer.delayMs, end)
    else end()
  })
}

function respond(answer: Answer, text: string, request: OutgoingRequest): IncomingResponse | GatewayError {
  const { status, fail } = answer
  if (fail === 'unavailable') return new GatewayError('unavailable', { detail: 'no connection (mocked)' })
  if (fail === 'overloaded')
    return new GatewayError('overloaded', { detail: 'too many calls wait (mocked)', retryAfter: 1 })
  if (fail === 'out-of-sockets')
    return new GatewayError('out-of-sockets', {
      detail: 'the gateway cannot open a connection (mocked)',
      retryAfter: 1,
    })
  if (fail === 'credentials-unavailable') return new GatewayError(fail, { reason: 'no token (mocked)', retryAfter: 1 })
  const body = request.method === 'HEAD' ? Buffer.alloc(0) : Buffer.from(text)
  if (body.length > request.maxResponseBytes) {
    const response = { status, body: undefined }
    return new GatewayError('invalid-response', { detail: 'the answer is too large', response })
  }
  const headers = Object.assign(Object.create(null), { 'content-length': String(body.length) }, answer.headers)
  return { status, headers, ...contentFieldsOf(headers), body }
}
