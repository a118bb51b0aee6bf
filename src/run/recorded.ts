import type { Scope } from '../cancellation.ts'
import { type Document, type LeftOut, leftOut } from '../expressions/document.ts'
import { type WorkBudget, workOf } from '../expressions/work.ts'
import type { AggregatedRoute } from '../plan/snapshot.ts'
import { Context, type RequestRun } from '../steps/context.ts'
import type { Recorder } from '../steps/recorder.ts'
import type { Propagation, Span } from '../telemetry/span.ts'
import { type ExecutionParts, respond } from './execute.ts'
import { endWith } from './execution.ts'
import type { Answer, Failure } from './outcome.ts'

/** A run of a durable route, from its beginning or once more after a restart. */
export interface RecordedRun {
  readonly document: Document
  readonly recorder: Recorder
  readonly work: WorkBudget
  readonly scope: Scope
  readonly span: Span
  readonly propagation: Propagation
  /** Until when it may take, on `Clock.now()`'s scale. */
  readonly deadline: number
  /** What the steps come to, unless somebody cancels the run before. */
  readonly untilCancelled: <Value>(steps: Promise<Value>) => Promise<Value>
  /** Undoes all that they may have done. */
  readonly undoAll: () => Promise<void>
}

/**
 * The end of a durable route: the same steps as of any other, through a recorder. What nothing handles undoes all that was
 * done; the outcome is there when that is over. Never rejects.
 */
export async function runRecorded(
  route: AggregatedRoute,
  { clock, calls, stepEnded, emit }: ExecutionParts,
  { document, recorder, work, scope, span, propagation, deadline, untilCancelled, undoAll }: RecordedRun,
): Promise<Answer | Failure> {
  const left: LeftOut[] = []
  document[leftOut] = left
  document[workOf] = work
  const now = () => clock.now()
  const run: RequestRun = {
    calls: calls(),
    records: [],
    clock,
    now,
    startedAt: now(),
    deadline,
    budgetMs: route.durable!.timeoutMs,
    maxCalls: route.maxCalls,
    callsLeft: route.maxCalls,
    propagation,
    stepEnded,
    emit,
    recorder,
  }
  const execution = { route, context: new Context(run, document, scope, span), left, work }
  const answer = async () => {
    await route.run(execution.context)
    return respond(execution)
  }
  let outcome: Answer | Failure
  try {
    outcome = await untilCancelled(answer())
  } catch (thrown) {
    outcome = endWith(execution, thrown)
  }
  if (outcome.kind === 'failure') await undoAll()
  return outcome
}
