import type { IncomingMessage, ServerResponse } from 'node:http'
import { priorities } from '../../backends/admission/policy.ts'
import { GatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import { newTraceId } from '../../telemetry/ids.ts'
import type { ActiveRoute } from '../activation.ts'
import type { Exchange } from '../exchange.ts'
import { renderProblem, writeReply } from '../reply.ts'
import { chooseRequestId, ServerRequestParts } from '../request-parts.ts'
import type { Serving } from '../serving.ts'
import { targetOf } from '../strict.ts'
import { rankOf } from './rank.ts'

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
  const parts = () => new ServerRequestParts(request, targetOf(request), params, '', serving.current.addresses)
  const rank = rankOf(active, parts)
  if (!serving.overload.sheds(rank)) return false
  serving.metrics.admission.overloaded(priorities[rank]!)
  active.metrics.begin()
  active.metrics.end(503, 0)
  const [path = ''] = targetOf(request).split('?', 1)
  const reply = renderProblem(tooMuch(), { path, route: active.route.name, traceId: newTraceId() })
  response.on('error', () => {})
  writeReply(request, response, reply, chooseRequestId(request), serving.isDraining)
  return true
}

const tooMuch = () => new GatewayError('overloaded', { detail: 'the gateway has more to do than it can' })

/** Begins a request when it is its turn, unless nobody waits for it any more. */
export function takeTurn(exchange: Exchange, rank: number, begin: () => void): void {
  const { overload, clock, metrics } = exchange.serving
  const sinceMs = clock.now()
  const beginUnlessOver = () => {
    exchange.queuedMs += clock.now() - sinceMs
    if (!exchange.isOver) begin()
  }
  // The turn is one of the loop's by then, and the others who wait for theirs must get it.
  overload.begin(
    rank,
    contained('request', exchange, beginUnlessOver),
    contained('request', exchange, () => {
      metrics.admission.overloaded(priorities[rank]!)
      exchange.fail(tooMuch())
    }),
  )
}
