import { type GatewayError, toGatewayError } from '../errors.ts'
import type { LeftOut } from '../expressions/document.ts'
import { enter, type WorkBudget } from '../expressions/work.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { type Context, Exit } from '../steps/context.ts'
import { noteReason } from '../telemetry/span.ts'
import { assembleAnswer, assembleFailure } from './assemble.ts'
import type { Answer, Failure } from './outcome.ts'

/** One run of a route's steps: what its answer is made of. */
export interface Execution {
  readonly route: AggregatedRoute
  readonly context: Context
  readonly left: readonly LeftOut[]
  readonly work: WorkBudget
}

/** Steps that are cut short: by an exit, which is an answer, or by what nothing handled. */
export function endWith(execution: Execution, thrown: unknown): Answer | Failure {
  const { route, context } = execution
  if (!(thrown instanceof Exit)) return assembleFailure(route, thrown, context.run.records)
  try {
    return printExit(execution, thrown)
  } catch (failed) {
    return assembleFailure(route, failed, context.run.records)
  }
}

export function printExit({ route, context, left, work }: Execution, exit: Exit): Answer {
  for (const { error } of left) noteReason(context.span, error)
  enter(work)
  try {
    return assembleAnswer(exit, context.run.records, route, left)
  } catch (thrown) {
    throw exit.suspect(thrown)
  }
}

/** A failure of the response, which says so. */
export function failedInResponse(thrown: unknown, span: Context['span']): GatewayError {
  const error = toGatewayError(thrown)
  error.step ??= 'response'
  noteReason(span, error)
  return error
}
