import type { IncomingMessage, ServerResponse } from 'node:http'
import { lowestPriority, priorities } from '../../admission/policy.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { flattenHeaders } from '../../run/headers.ts'
import { tellPath } from '../../run/problem.ts'
import { renderProblem } from '../../run/reply.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import { newTraceId } from '../../telemetry/ids.ts'
import { headersForBrowser } from '../http/for-browsers.ts'
import { writeReply } from '../http/reply.ts'
import type { ActiveRoute } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import type { Exchange } from '../requests/exchange.ts'

/**
 * Answers 503 in place of a route while the process is overloaded and the request is one to shed: false when it is not.
 * Nothing of it is read but its head, and no line is logged for it.
 */
export function tryShed(
  serving: Serving,
  { route, metrics }: ActiveRoute,
  request: RouteRequest,
  message: IncomingMessage,
  response: ServerResponse,
): boolean {
  const priority = priorityOf(request)
  if (!serving.overload.sheds(priority)) return false
  serving.metrics.admission.overloaded(priorities[priority]!)
  metrics.begin()
  metrics.end(503, 0, message.method)
  const { path, id } = request.parts
  const context = { path: tellPath(route, path), route: route.name, traceId: newTraceId() }
  const ownHeaders = flattenHeaders(route.headers?.onError ?? {})
  response.on('error', () => {})
  const headers = [...(headersForBrowser(route.browsers, message) ?? []), ...ownHeaders]
  writeReply(message, response, renderProblem(tooMuch(), context, headers), id, serving.isDraining)
  return true
}

/** Whoever makes that his class cannot be told gains nothing by it; why, he is told where he is let in. */
export function priorityOf(request: RouteRequest): number {
  try {
    return request.priority
  } catch {
    return lowestPriority
  }
}

export const tooMuch = () => new GatewayError('overloaded', { detail: 'the gateway is overloaded' })

/** Begins a request when it is its turn, unless nobody waits for it any more. */
export function takeTurn(exchange: Exchange, request: RouteRequest, begin: () => void): void {
  const { overload, metrics } = exchange.serving
  const priority = priorityOf(request)
  const beginUnlessOver = () => {
    if (!exchange.isOver) begin()
  }
  // The turn is one of the loop's by then, and the others who wait for theirs must get it.
  overload.begin(
    priority,
    contained('request', exchange, beginUnlessOver),
    contained('request', exchange, () => {
      metrics.admission.overloaded(priorities[priority]!)
      exchange.fail(tooMuch())
    }),
  )
}
