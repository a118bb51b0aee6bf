import type { Call } from '../calls/call.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import { eventsOf, type LeftOut, leftOut } from '../expressions/document.ts'
import { enter, type WorkBudget } from '../expressions/work.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { Context, Exit, type RequestRun } from '../steps/context.ts'
import { noteReason } from '../telemetry/span.ts'
import { assembleAnswer, assembleFailure } from './assemble.ts'
import type { Outcome } from './outcome.ts'
import type { Handle } from './stage.ts'

export interface ExecutionParts {
  readonly clock: Clock
  /** The calls of the route's sites, in their order, as they are made now. */
  readonly calls: () => readonly Call[]
  readonly stepEnded: RequestRun['stepEnded']
}

const leastMs = 1

/** One run of a route's steps: what its answer is made of. */
interface Execution {
  readonly route: AggregatedRoute
  readonly context: Context
  readonly left: readonly LeftOut[]
  readonly work: WorkBudget
}

/**
 * The end of an aggregated route: its steps, then its response. Never throws or rejects. The budget needs no timer of
 * its own: every wait in a step is cut to what is left of it, so fallbacks still answer when it has run out.
 */
export function executeSteps(route: AggregatedRoute, { clock, calls, stepEnded }: ExecutionParts): Handle {
  const { timeoutMs: budgetMs, maxCalls } = route
  const now = () => clock.now()
  return (request, client) => {
    const { work } = request
    const document = request.document!
    const left: LeftOut[] = []
    document[leftOut] = left
    document[eventsOf] = client.span
    const startedAt = now()
    const run: RequestRun = {
      calls: calls(),
      records: [],
      clock,
      now,
      startedAt,
      // What waited for all of its time before is late, and still makes a page of what stands in.
      deadline: Math.max(request.deadline, startedAt + leastMs),
      budgetMs,
      maxCalls,
      callsLeft: maxCalls,
      propagation: client.propagation(),
      stepEnded,
    }
    const execution: Execution = { route, context: new Context(run, document, client.scope, client.span), left, work }
    try {
      const pending = route.run(execution.context)
      if (!pending) return respond(execution)
      return pending.then(
        () => respond(execution),
        (thrown: unknown) => end(execution, thrown),
      )
    } catch (thrown) {
      return end(execution, thrown)
    }
  }
}

/** Fills the response when the steps have ended. */
function respond(execution: Execution): Outcome | Promise<Outcome> {
  try {
    const exit = fillResponse(execution)
    if (!(exit instanceof Promise)) return print(execution, exit)
    return exit.then((filled) => print(execution, filled)).catch((thrown: unknown) => end(execution, thrown))
  } catch (thrown) {
    return end(execution, thrown)
  }
}

/** Steps that are cut short: by an exit, which is an answer, or by what nothing handled. */
function end(execution: Execution, thrown: unknown): Outcome {
  const { route, context } = execution
  if (!(thrown instanceof Exit)) return assembleFailure(route, thrown, context.run.records)
  try {
    return print(execution, thrown)
  } catch (failed) {
    return assembleFailure(route, failed, context.run.records)
  }
}

function print({ route, context, left, work }: Execution, exit: Exit): Outcome {
  for (const { error } of left) noteReason(context.span, error)
  enter(work)
  try {
    return assembleAnswer(exit, context.run.records, route, left)
  } catch (thrown) {
    throw exit.suspect(thrown)
  }
}

const noContent = new Exit(204, {}, undefined)

/** A response that cannot be filled is a failure of the step `response`: once the route's `catch` may mend it. */
function fillResponse({ route, context }: Execution): Exit | Promise<Exit> {
  try {
    return fillOnce(route, context)
  } catch (thrown) {
    const { recover } = route
    if (!recover) throw thrown
    const pending = recover(context, thrown)
    return pending ? pending.then(() => fillOnce(route, context)) : fillOnce(route, context)
  }
}

function fillOnce({ fillResponse: fill }: AggregatedRoute, { document, span }: Context): Exit {
  try {
    return fill?.(document) ?? noContent
  } catch (thrown) {
    const error = toGatewayError(thrown)
    error.step ??= 'response'
    noteReason(span, error)
    throw error
  }
}
