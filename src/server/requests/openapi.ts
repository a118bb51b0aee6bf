import type { IncomingMessage, ServerResponse } from 'node:http'
import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import type { RouteRequest } from '../../run/route-request.ts'
import { checkRequest, targetOf } from '../http/strict.ts'
import type { Activation, ActiveRoute } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { passOutside } from './dispatch.ts'
import { Exchange } from './exchange.ts'
import { answerOwn } from './own-answer.ts'

const path = '/openapi.json'
/** By the routes that it tells of. */
const printed = new WeakMap<ReadonlySet<ActiveRoute>, Promise<Buffer>>()

/**
 * Answers `GET /openapi.json` with what the aggregated endpoints take and give, where the gateway's file says
 * `openapi: true`: false for any other request. A route of that path stands before it.
 */
export function tryOpenApi(serving: Serving, request: IncomingMessage, response: ServerResponse): boolean {
  const activation = serving.current
  if (!isOfOpenApi(activation, request)) return false
  const { snapshot } = activation
  const routes = activation.routesFor(request)
  const exchange = new Exchange(serving, activation, undefined, request, response)
  const refusal = checkRequest(request)
  if (refusal) exchange.fail(refusal)
  else passOutside(exchange, (passed) => answerWith(exchange, passed, print(snapshot, routes)), activation.own)
  return true
}

export function isOfOpenApi(activation: Activation, request: IncomingMessage): boolean {
  if (!activation.snapshot.settings.openapi || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  if (targetOf(request).split('?', 1)[0] !== path) return false
  return ![...activation.routesFor(request)].some(({ route }) => route.match.path === path)
}

function answerWith(exchange: Exchange, passed: RouteRequest, printing: Promise<Buffer>): void {
  const { activation } = exchange
  printing.then(
    contained('promise', exchange, (body) =>
      answerOwn(exchange, passed, {
        headers: activation.own === activation.outer ? {} : { 'cache-control': 'private' },
        body,
      }),
    ),
    contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))),
  )
}

/** Made once for a snapshot and who is told of the same routes, when it is first asked for. */
function print(snapshot: Snapshot, routes: ReadonlySet<ActiveRoute>): Promise<Buffer> {
  const known = printed.get(routes)
  if (known) return known
  const printing = import('../../interchange/to-openapi/document.ts').then(({ describeApi }) =>
    Buffer.from(JSON.stringify(describeApi(snapshot, [...new Set([...routes].map(({ route }) => route))]))),
  )
  printed.set(routes, printing)
  return printing
}
