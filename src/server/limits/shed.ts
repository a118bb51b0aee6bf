import type { IncomingMessage, ServerResponse } from 'node:http'
import { normalRank, priorities } from '../../backends/admission/policy.ts'
import { GatewayError } from '../../errors.ts'
import { newTraceId } from '../../telemetry/ids.ts'
import type { ActiveRoute } from '../activation.ts'
import { renderProblem, writeReply } from '../reply.ts'
import { chooseRequestId, ServerRequestParts } from '../request-parts.ts'
import type { Serving } from '../serving.ts'
import { targetOf } from '../strict.ts'

/**
 * Answers 503 in place of a route while the process is overloaded and the request is one to shed: false when it is not.
 * Nothing of it is read but its head, and no line is logged for it.
 */
export function tryShed(
  serving: Serving,
  active: ActiveRoute,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const rank = rankOf(serving, active, params, request)
  if (!serving.overload.sheds(rank)) return false
  serving.metrics.admission.overloaded(priorities[rank]!)
  active.metrics.begin()
  active.metrics.end(503, 0)
  const [path = ''] = targetOf(request).split('?', 1)
  const error = new GatewayError('overloaded', { detail: 'the gateway has more to do than it can' })
  const reply = renderProblem(error, { path, route: active.route.name, traceId: newTraceId() })
  response.on('error', () => {})
  writeReply(request, response, reply, chooseRequestId(request), serving.isDraining)
  return true
}

function rankOf(
  { current }: Serving,
  { route: { admission } }: ActiveRoute,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
): number {
  if (!admission?.rankOf) return admission?.rank ?? normalRank
  try {
    return admission.rankOf(new ServerRequestParts(request, targetOf(request), params, '', current.addresses))
  } catch {
    return normalRank
  }
}
