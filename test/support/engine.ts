import type { CallContext, CallRequest, CallResponse } from '../../src/calls/call.ts'
import { Scope } from '../../src/cancellation.ts'
import { type Clock, systemClock } from '../../src/clock.ts'
import { GatewayError } from '../../src/errors.ts'
import { Body } from '../../src/json/body.ts'
import type { RequestParts } from '../../src/plan/request-parts.ts'
import type { AggregatedRoute, Snapshot } from '../../src/plan/snapshot.ts'
import type { Answer, Failure } from '../../src/run/outcome.ts'
import type { Span } from '../../src/telemetry/span.ts'
import { execute } from './execute.ts'
import { loadProject, type ProjectFiles, world } from './project.ts'

/** What stands in for a backend: a body, a failure, or a function of the request. */
export type Mock = unknown | GatewayError | ((request: CallRequest, context: CallContext) => unknown)

export const silentSpan: Span = {
  sampled: false,
  isTraced: false,
  traceId: '0af7651916cd43dd8448eb211c80319c',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
  child: () => silentSpan,
  set: () => {},
  event: () => {},
  fail: () => {},
  end: () => {},
}

export function requestParts(parts: Partial<RequestParts> = {}): RequestParts {
  return {
    method: 'GET',
    path: '/home',
    params: {},
    query: {},
    headers: {},
    cookies: {},
    body: undefined,
    ip: '127.0.0.1',
    id: 'r1',
    ...parts,
  }
}

export interface RunOptions {
  request?: Partial<RequestParts>
  /** By `service.operation`. */
  mocks?: Record<string, Mock>
  /** By `service.operation`: whole answers, with status and headers. */
  responses?: Record<string, CallResponse>
  scope?: Scope
  clock?: Clock
  files?: ProjectFiles
}

export interface RunResult {
  /** With the text of its body. */
  outcome: ReadableOutcome
  /** The answer's body, parsed; of a failure its code. */
  body: unknown
  status: number
  requests: (CallRequest & { operation: string })[]
  stepOutcomes: Record<string, string>
}

/** Runs one route of a snapshot with mocks for its backends; the policies around calls are not part of it. */
export async function runSnapshot(snapshot: Snapshot, options: RunOptions = {}): Promise<RunResult> {
  const route = snapshot.routes.find((candidate) => candidate.kind === 'aggregate') as AggregatedRoute
  const requests: RunResult['requests'] = []
  const stepOutcomes: Record<string, string> = {}
  const calls = route.callSites.map((site) => async (context: CallContext): Promise<CallResponse> => {
    const request = site.render(context.document)
    const operation = `${site.service.name}.${site.operation}`
    requests.push({ ...request, operation })
    const response = options.responses?.[operation]
    if (response) return response
    const mock = options.mocks?.[operation]
    if (mock === undefined) throw new Error(`${operation} is not mocked`)
    const answer = typeof mock === 'function' ? await mock(request, context) : mock
    if (answer instanceof GatewayError) throw answer
    const body = answer === undefined ? undefined : Body.ofValue(answer)
    return { status: 200, headers: {}, body, source: 'live', attempts: 1 }
  })
  const outcome = readable(
    await execute({
      route,
      request: requestParts(options.request),
      calls,
      clock: options.clock ?? systemClock,
      scope: options.scope ?? new Scope(),
      span: silentSpan,
      propagation: { tracestate: undefined, baggage: undefined, requestId: 'r1' },
      budgetMs: undefined,
      stepEnded: (step, ended) => {
        stepOutcomes[route.steps[step]!.name] = ended
      },
    }),
  )
  const body = outcome.kind === 'answer' ? outcome.body && JSON.parse(outcome.body) : outcome.error.code
  const status = outcome.kind === 'answer' ? outcome.status : outcome.error.status
  return { outcome, body, status, requests, stepOutcomes }
}

type ReadableOutcome = Failure | (Omit<Answer, 'body'> & { readonly body: string | undefined })

function readable(outcome: Answer | Failure): ReadableOutcome {
  if (outcome.kind === 'failure') return outcome
  return { ...outcome, body: outcome.body && Buffer.from(outcome.body).toString() }
}

/** Runs the one route given as YAML (without its `match`) in the small world. */
export function runRoute(text: string, options: RunOptions = {}): Promise<RunResult> {
  const files = {
    ...world,
    ...options.files,
    'routes/home': `match: ${options.request?.method ?? 'GET'} /home\n${text}`,
  }
  return runSnapshot(loadProject(files), options)
}
