import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouteRequest } from '../run/route-request.ts'
import type { Activation, ActiveAggregate } from './activation.ts'
import { hasBody } from './body.ts'
import { Exchange } from './exchange.ts'
import { takeTurn } from './limits/shed.ts'
import type { Serving } from './serving.ts'

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
  if (!active.route.readsBody && hasBody(message)) message.resume()
  if (serving.overload.isBusy) takeTurn(exchange, request, () => exchange.pass(active.pipeline, request))
  else exchange.pass(active.pipeline, request)
}
