import { GatewayError } from '../../errors.ts'
import type { Answer, Failure } from '../outcome.ts'
import { type ProblemContext, printProblem } from '../problem.ts'
import type { Framing } from './framing.ts'

/** JSON Pointer of a page as a whole. */
const wholePage = ''

/**
 * What stands behind the last part. A `respond` that comes when the head has gone is the whole page in the place of its
 * parts, or, where it answers an error, that error.
 */
export function frameEnd(outcome: Answer | Failure, framing: Framing, context: () => ProblemContext): Uint8Array[] {
  if (outcome.kind === 'failure') return [framing.error(printProblem(outcome.error, context()))]
  const { status, body, degraded } = outcome
  if (status >= 400) return [framing.error(printResponded(status, body, context()))]
  const instead = body === undefined ? [] : [framing.part(wholePage, Buffer.from(body))]
  return [...instead, framing.end(degraded)]
}

function printResponded(status: number, body: Answer['body'], context: ProblemContext): string {
  const error = new GatewayError('responded', { status, title: 'The route answered in another way' })
  const problem = printProblem(error, context)
  return body === undefined ? problem : `${problem.slice(0, -1)},"body":${Buffer.from(body).toString()}}`
}
