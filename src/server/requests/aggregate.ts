import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouteRequest } from '../../run/route-request.ts'
import { hasBody } from '../http/body.ts'
import type { Activation, ActiveAggregate } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { takeTurn } from '../overload/shed.ts'
import { Exchange } from './exchange.ts'

/** Answers a request of an aggregated route. */
export function serveAggregate(
  serving: Serving,
  activation: Activation,
  active: ActiveAggregate,
  request: RouteRequest,
  message: IncomingMessage,
  response: ServerResponse,
): void {
  const exchange = new Exchange(serving, activation, active, message, response, request.parts.id)
  const { readsBody, readsRaw } = active.route
  if (!readsBody && !readsRaw && hasBody(message)) message.resume()
  if (serving.overload.isBusy) takeTurn(exchange, request, () => exchange.pass(active.pipeline, request))
  else exchange.pass(active.pipeline, request)
}
