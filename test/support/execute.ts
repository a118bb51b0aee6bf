import { Admission } from '../../src/admission/admission.ts'
import type { Call } from '../../src/calls/call.ts'
import type { Scope } from '../../src/cancellation.ts'
import type { Clock } from '../../src/clock.ts'
import { SharedSchemes } from '../../src/identity/open-scheme.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute } from '../../src/plan/snapshot.ts'
import { executeSteps } from '../../src/run/execute.ts'
import type { Answer, Failure, Outcome } from '../../src/run/outcome.ts'
import { openPipeline } from '../../src/run/pipeline.ts'
import { RouteRequest } from '../../src/run/route-request.ts'
import type { Client } from '../../src/run/stage.ts'
import type { RequestRun } from '../../src/steps/context.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import type { Propagation, Span } from '../../src/telemetry/span.ts'
import { readStream } from '../../src/testing/streamed-page.ts'

export interface Execution {
  readonly route: AggregatedRoute
  readonly request: RequestParts
  readonly calls: readonly Call[]
  readonly clock: Clock
  readonly scope: Scope
  readonly span: Span
  readonly propagation: Propagation
  /** Milliseconds that the client itself still waits, if it said so. */
  readonly budgetMs: number | undefined
  readonly stepEnded: RequestRun['stepEnded']
}

/**
 * Runs one request of a route through its stages and steps, as the server does behind its sockets. Of a page in parts it
 * gives what they make together.
 */
export async function execute(execution: Execution): Promise<Answer | Failure> {
  const outcome = await executeAsIs(execution)
  if (outcome.kind === 'passed-on') throw new Error('an aggregated route answers by itself')
  if (outcome.kind !== 'stream') return outcome
  const { outcome: final, body } = await readStream(outcome, { path: '/', route: undefined, traceId: '' })
  return final.kind === 'failure' ? final : { ...final, body: body === undefined ? undefined : Buffer.from(body) }
}

export function executeAsIs(execution: Execution): Promise<Outcome> {
  const { route, request: parts, calls, clock, budgetMs = Number.POSITIVE_INFINITY } = execution
  const stages = {
    clock,
    admission: new Admission(clock),
    schemes: new SharedSchemes(clock),
    store: new MemoryStore(1024 * 1024, () => clock.epoch()),
    metrics: { countRouteCache() {} },
  }
  const end = executeSteps(route, { clock, calls: () => calls, stepEnded: execution.stepEnded })
  const deadline = clock.now() + Math.min(route.timeoutMs, budgetMs)
  const request = new RouteRequest(route, { ...parts }, clock, deadline)
  const client: Client = {
    scope: execution.scope,
    span: execution.span,
    propagation: () => execution.propagation,
    addHeaders() {},
    target: '/',
    hasBody: false,
    receiveBody: () => Promise.reject(new Error('there is none')),
    whenGone() {},
    passOn() {},
  }
  return new Promise((resolve) => openPipeline(route, stages, end).answer(request, client, resolve))
}
