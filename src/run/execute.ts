import type { Call } from '../backends/call.ts'
import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import { TooMuchWork } from '../language/too-much-work.ts'
import type { AggregatedRoute, RequestParts } from '../plan/snapshot.ts'
import { type CallRecord, Context, Exit, type RequestRun } from '../steps/context.ts'
import { noteReason, type Propagation, type Span } from '../telemetry/span.ts'
import { type LeftOut, leftOut } from '../values/document.ts'
import { enter, WorkBudget } from '../values/work.ts'
import { assembleAnswer, assembleFailure } from './assemble.ts'
import type { Answer, Outcome } from './outcome.ts'

/** What one request brings to the engine. */
export interface Execution {
  readonly route: AggregatedRoute
  readonly request: RequestParts
  readonly calls: readonly Call[]
  readonly clock: Clock
  /** Cancelled when the client goes away; whoever made it closes it. */
  readonly scope: Scope
  /** The server span. */
  readonly span: Span
  readonly propagation: Propagation
  /** Milliseconds that the client itself still waits, if it said so; cuts the route's budget. */
  readonly budgetMs: number | undefined
  readonly stepEnded: (step: number, outcome: string, ms: number) => void
}

/**
 * Runs one request from its parts to its outcome. Never rejects. The budget needs no timer of its own: every wait
 * in a step is cut to what is left of it, so fallbacks still answer when it has run out.
 */
export async function execute(execution: Execution): Promise<Outcome> {
  const { route, clock, scope, span, budgetMs } = execution
  const startedAt = clock.now()
  const deadline = startedAt + Math.min(route.timeoutMs, budgetMs ?? route.timeoutMs)
  const run: RequestRun = {
    calls: execution.calls,
    records: [],
    now: () => clock.now(),
    startedAt,
    deadline,
    budgetMs: route.timeoutMs,
    maxCalls: route.maxCalls,
    callsLeft: route.maxCalls,
    propagation: execution.propagation,
    stepEnded: execution.stepEnded,
  }
  const work = new WorkBudget(route.maxWork, run.now, deadline)
  const left: LeftOut[] = []
  try {
    const document = route.createDocument(execution.request, work)
    document[leftOut] = left
    const exit = await runToExit(route, new Context(run, document, scope, span))
    for (const { error } of left) noteReason(span, error)
    enter(work)
    return print(exit, run.records, route.degradedMaxAgeMs, left)
  } catch (thrown) {
    const error = thrown instanceof TooMuchWork ? route.blame(thrown) : toGatewayError(thrown)
    return assembleFailure(error, run.records)
  }
}

function print(
  exit: Exit,
  records: readonly CallRecord[],
  degradedMaxAgeMs: number | undefined,
  left: readonly LeftOut[],
): Answer {
  try {
    return assembleAnswer(exit, records, degradedMaxAgeMs, left)
  } catch (thrown) {
    throw exit.suspect(thrown)
  }
}

const noContent = new Exit(204, {}, undefined)

async function runToExit(route: AggregatedRoute, context: Context): Promise<Exit> {
  try {
    const pending = route.run(context)
    if (pending) await pending
    const filled = fillResponse(route, context)
    return filled instanceof Promise ? await filled : filled
  } catch (thrown) {
    if (thrown instanceof Exit) return thrown
    throw thrown
  }
}

/** A response that cannot be filled is a failure of the step `response`: once the route's `catch` may mend it. */
function fillResponse(route: AggregatedRoute, context: Context): Exit | Promise<Exit> {
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
