import type { Call } from '../backends/call.ts'
import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { toGatewayError } from '../errors.ts'
import type { AggregatedRoute, RequestParts } from '../plan/snapshot.ts'
import { Context, Exit, type RequestRun } from '../steps/context.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import { assembleAnswer, assembleFailure } from './assemble.ts'
import type { Outcome } from './outcome.ts'

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
  const run: RequestRun = {
    calls: execution.calls,
    records: [],
    now: () => clock.now(),
    startedAt,
    deadline: startedAt + Math.min(route.timeoutMs, budgetMs ?? route.timeoutMs),
    propagation: execution.propagation,
    stepEnded: execution.stepEnded,
  }
  try {
    const document = route.createDocument(execution.request)
    const exit = await runToExit(route, new Context(run, document, scope, span))
    return assembleAnswer(exit, run.records, route.degradedMaxAgeMs)
  } catch (thrown) {
    return assembleFailure(toGatewayError(thrown), run.records)
  }
}

const noContent = new Exit(204, {}, undefined)

async function runToExit(route: AggregatedRoute, context: Context): Promise<Exit> {
  try {
    const pending = route.run(context)
    if (pending) await pending
  } catch (thrown) {
    if (thrown instanceof Exit) return thrown
    throw thrown
  }
  return route.fillResponse?.(context.document) ?? noContent
}
