import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Scope } from '../../cancellation.ts'
import type { CallPlace, GatewayError } from '../../errors.ts'
import type { Document } from '../../expressions/document.ts'
import type { Route } from '../../plan/snapshot.ts'
import type { Answer, Failure } from '../../run/outcome.ts'
import { failuresOf } from '../../run/told-failures.ts'
import { logRequest } from '../../telemetry/request-log.ts'
import type { Span } from '../../telemetry/span.ts'
import { type ToldFailure, tellFailure } from '../../told-failure.ts'
import { slowReader, wasReadTooSlowly } from '../http/listener.ts'
import type { Activation } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'

/** An exchange as it is told of. */
export interface Reported {
  readonly serving: Serving
  readonly requestId: string
  readonly request: Pick<IncomingMessage, 'method' | 'socket' | 'headers' | 'httpVersion'>
  readonly route: Route | undefined
  readonly path: string
  readonly toldPath: string
  readonly span: Span
  readonly scope: Scope
  /** Where it was passed on to, and how often. */
  readonly asked: Asked | undefined
  readonly activation: Activation
  /** Its context, once there is one. */
  readonly document?: Document | undefined
  /** Whether its client has asked for a recording, and may. */
  readonly isRecordingAsked?: boolean
}

export interface Asked extends CallPlace {
  readonly attempts: number
}

/** How an exchange ended. */
export interface Ending {
  readonly status: number
  readonly ms: number
  /** Of the answer's body. */
  readonly bytes: number
  /** Undefined where it was answered by other means than a route's. */
  readonly outcome: Answer | Failure | undefined
  readonly errorCode: string | undefined
  /** What ended it; undefined where nothing of ours did. */
  readonly error: GatewayError | undefined
}

/** Why an answer was cut that nothing of ours ended. */
export function whyCut({ response }: { readonly response: ServerResponse }): string {
  return wasReadTooSlowly(response) ? slowReader : 'cancelled'
}

const none: readonly never[] = []

/** Tells the log and whoever watches the gateway that an exchange has ended. */
export function tellEnd(exchange: Reported, ending: Ending): void {
  const { serving, requestId, request, route, span } = exchange
  const { status, ms, bytes, outcome, errorCode } = ending
  const degraded = outcome?.kind === 'answer' ? outcome.degraded : none
  const method = request.method ?? ''
  if (degraded.length > 0) serving.metrics.countDegraded(route!.name)
  const { traceId } = span
  const failures = listFailures(exchange, ending, degraded.length > 0)
  record(exchange, ending, failures)
  logRequest(serving.logger, {
    method,
    route: route?.name,
    status,
    durationMs: ms,
    bytes,
    traceId,
    requestId,
    degraded: degraded.length > 0 ? String(outcome?.headers['tessera-degraded']) : undefined,
    errorCode,
    failures,
    more: exchange.activation.describeClient(exchange),
  })
  serving.onRequest?.({
    method,
    // A developer sees what was mistyped.
    path: !route && serving.showsUnmatchedPaths ? exchange.path : exchange.toldPath,
    status,
    ms,
    bytes,
    traceId,
    requestId,
    records: outcome?.records ?? none,
    degraded,
    ...(route && { route: route.name, budgetMs: route.timeoutMs }),
    ...(errorCode !== undefined && { error: errorCode }),
  })
}

function record(exchange: Reported, ending: Ending, failures: readonly ToldFailure[]): void {
  const { serving, span, activation, route, request, toldPath: path, requestId, asked, document } = exchange
  const { outcome, ...ended } = ending
  if (!serving.records?.follows(span)) return
  serving.records.end({
    ...ended,
    ...{ span, snapshot: activation.snapshot, route, method: request.method ?? '', path, requestId, document },
    answer: outcome && { headers: outcome.headers, body: outcome.kind === 'answer' ? outcome.body : undefined },
    records: outcome?.records ?? none,
    isDegraded: outcome?.kind === 'answer' && outcome.degraded.length > 0,
    failures,
    passedTo: asked,
    isAsked: exchange.isRecordingAsked ?? false,
  })
}

/** Why the answer is none, or lacks something; a refusal that says all there is to say is told by its code. */
function listFailures(
  { asked }: Reported,
  { outcome, error, status }: Ending,
  isDegraded: boolean,
): readonly ToldFailure[] {
  if (error) {
    if (isOfClient(error)) return none
    if (outcome?.kind === 'failure' && outcome.records.length > 0) return failuresOf(outcome)
    return [{ ...tellFailure(error), ...asked }]
  }
  if (asked && status >= 500) return [{ ...asked, status, error: `http-${status}` }]
  return isDegraded ? failuresOf(outcome!) : none
}

function isOfClient({ code, status, reason }: GatewayError): boolean {
  return code === 'cancelled' || code === slowReader || (status < 500 && reason === undefined)
}

/** Tells the log of a failure with a stack. Nobody is told once the client has gone. */
export function tellError({ requestId, span, serving, scope, route }: Reported, error: GatewayError): void {
  const isOurs = error.code === 'internal'
  if ((!isOurs && error.code !== 'extension-failed') || scope.reason) return
  const fields = { request_id: requestId, trace_id: span.traceId, route: route?.name }
  if (isOurs) serving.logger.error({ ...fields, err: error.cause ?? error }, 'a request failed with an internal error')
  else {
    const { step, reason, cause: err } = error
    serving.logger.error({ ...fields, step, reason, err }, 'an extension failed')
  }
}

/** Tells of headers that could not be sent. Their values may be the client's: they are told nowhere. */
export function tellDropped({ serving, span, requestId, route }: Reported, names: readonly string[]): void {
  const name = route?.name ?? ''
  for (const header of names) {
    span.event('tessera.response.header_dropped', { 'tessera.header': header })
    if (serving.metrics.countDroppedHeader(name, header) > 1) continue
    const fields = { request_id: requestId, trace_id: span.traceId, route: name, header }
    serving.logger.warn(
      fields,
      'a response header cannot be sent and was dropped; logged once per header, the metric counts every case',
    )
  }
}
