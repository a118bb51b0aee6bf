import type { GatewayError } from '../errors.ts'
import { flattenHeaders } from './headers.ts'
import type { Answer, Failure } from './outcome.ts'
import { type ProblemContext, printProblem, problemType } from './problem.ts'

const jsonType = 'application/json; charset=utf-8'
const defaultRetryAfterSeconds = 1

/** An answer ready to be written: header names and values in turn. */
export interface Reply {
  readonly status: number
  readonly headers: string[]
  readonly body: Uint8Array | undefined
}

/** Turns what a request came to into HTTP. The only place that does. `context` is asked for a failure's problem only. */
export function renderReply(outcome: Answer | Failure, context: () => ProblemContext): Reply {
  const headers = flattenHeaders(outcome.headers)
  if (outcome.kind === 'failure') return renderProblem(outcome.error, context(), headers)
  const { status, body } = outcome
  if (body !== undefined && outcome.headers['content-type'] === undefined) headers.push('content-type', jsonType)
  return { status, headers, body }
}

export function renderProblem(error: GatewayError, context: ProblemContext, headers: string[] = []): Reply {
  const { status } = error
  headers.push('content-type', problemType)
  if (status === 503 || error.retryAfter !== undefined) {
    headers.push('retry-after', String(Math.ceil(error.retryAfter ?? defaultRetryAfterSeconds)))
  }
  return { status, headers, body: Buffer.from(printProblem(error, context)) }
}

/** Adds what goes with every answer, and gives what of the body is sent to this method. */
export function completeReply({ status, headers, body }: Reply, method: string, requestId: string): Reply['body'] {
  const isBodyless = status === 204 || status === 304
  if (!isBodyless) headers.push('content-length', String(body?.length ?? 0))
  headers.push('x-request-id', requestId)
  return method === 'HEAD' || isBodyless ? undefined : body
}
