import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CorsPolicy } from '../../browsers/cors-shape.ts'
import { isHeaderName } from '../../header-fields.ts'
import { checkRequest, pathOf } from '../http/strict.ts'
import type { Activation, ActiveMatch } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { tryShed } from '../overload/shed.ts'
import { arrive } from './arrival.ts'
import { checkPath } from './dispatch.ts'
import { Exchange } from './exchange.ts'

/** What a path may have that takes any method; others are told of where they are asked for. */
const usualMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Answers what a browser asks before it sends a request for a page (a CORS preflight), where the route of that request
 * says whose pages may read: false for any other request. Of the inside it tells nothing, and nothing stands before it:
 * no token comes with it, and to refuse it costs what it costs to answer it.
 */
export function tryPreflight(serving: Serving, request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, 'access-control-request-method': method, 'access-control-request-headers': headers } = request.headers
  if (request.method !== 'OPTIONS' || origin === undefined || method === undefined || !isHeaderName(method))
    return false
  const activation = serving.current
  const path = pathOf(request)
  const found = findWithAnyMethod(activation, request, method, path)
  const { target: active } = found ?? {}
  const cors = active?.route.browsers?.cors
  if (!found || !active || !cors) return false
  if (serving.overload.isBusy) {
    const arrived = arrive(activation, active, found.params, request, serving.clock)
    if (tryShed(serving, active, arrived, request, response)) return true
  }
  const exchange = new Exchange(serving, activation, undefined, request, response)
  const refusal = checkRequest(request) ?? checkPath(request)
  if (refusal) {
    exchange.fail(refusal)
    return true
  }
  exchange.ownHeaders = undefined
  const methods = () => methodsOf(activation, request, path, method, cors.policy)
  exchange.answerEmpty(204, cors.preflight({ origin, headers, methods }))
  return true
}

/** The route that a request would have, else one of the same path: a page may read that there is none. */
function findWithAnyMethod(activation: Activation, request: IncomingMessage, method: string, path: string) {
  const found = activation.find(request, method, path)
  const other = found.kind === 'wrong-method' ? activation.find(request, found.allow[0]!, path) : found
  return other.kind === 'match' ? other : undefined
}

/** The methods that a path has by the same word: what another route of it says is asked for with its method. */
function methodsOf(
  activation: Activation,
  request: IncomingMessage,
  path: string,
  asked: string,
  policy: CorsPolicy,
): string[] {
  const isSaid = (found: ActiveMatch) => found.kind === 'match' && found.target.route.browsers?.cors?.policy === policy
  return [...new Set([...usualMethods, asked])].filter((method) => isSaid(activation.find(request, method, path)))
}
