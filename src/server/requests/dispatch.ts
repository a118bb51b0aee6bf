import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayError } from '../../errors.ts'
import { hasMalformedEscape, isUnsafePath } from '../../path-safety.ts'
import { refuse } from '../../run/refusals.ts'
import type { Client } from '../../run/stage.ts'
import { checkRequest, pathOf } from '../http/strict.ts'
import { type Activation, type ActiveMatch, isAggregate } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { tryShed } from '../overload/shed.ts'
import { serveAggregate } from './aggregate.ts'
import { arrive, arriveNowhere } from './arrival.ts'
import { Exchange } from './exchange.ts'

/** Answers a request that was found to belong to an aggregated route: false when it does not. */
export function tryAggregate(
  serving: Serving,
  found: ActiveMatch,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (found.kind !== 'match' || !isAggregate(found.target)) return false
  const activation = serving.current
  const { target: active, params } = found
  const arrived = arrive(activation, active, params, request, serving.clock)
  if (serving.overload.isBusy && tryShed(serving, active, arrived, request, response)) return true
  const refusal = checkRequest(request) ?? checkPath(request) ?? activation.loops.check(request)
  if (refusal) new Exchange(serving, activation, active, request, response).fail(refusal)
  else serveAggregate(serving, activation, active, arrived, request, response)
  return true
}

export function findRoute(activation: Activation, request: IncomingMessage): ActiveMatch {
  return activation.find(request, request.method ?? 'GET', pathOf(request))
}

/** Answers a request that no route takes: 404, 405 with `Allow`, the `Allow` of an OPTIONS, or why it was not even looked at. */
export function answerUnmatched(serving: Serving, request: IncomingMessage, response: ServerResponse): void {
  const activation = serving.current
  const exchange = new Exchange(serving, activation, undefined, request, response)
  const refusal = checkRequest(request) ?? checkPath(request)
  if (refusal) exchange.fail(refusal)
  else passOutside(exchange, () => answerNowhere(exchange))
}

/** Answers a request that no route takes, where what holds for all of them lets it through, and it has not been here. */
export function passOutside(exchange: Exchange, answer: Client['passOn'], outer = exchange.activation.outer): void {
  const { activation, request, serving } = exchange
  const loop = activation.loops.check(request)
  exchange.passOn = answer
  if (loop) exchange.fail(loop)
  else exchange.pass(outer.pipeline, arriveNowhere(activation, request, serving.clock))
}

function answerNowhere(exchange: Exchange): void {
  const { activation, request } = exchange
  const found = findRoute(activation, request)
  const allow = found.kind === 'wrong-method' ? [...found.allow, 'OPTIONS'].join(', ') : ''
  // `OPTIONS *` is about the server, not about a path (RFC 9110 section 9.3.7).
  if (request.url === '*') exchange.answerEmpty(204, [])
  else if (found.kind === 'malformed') exchange.fail(malformedPath())
  else if (found.kind !== 'wrong-method') exchange.fail(refuse('not-found'))
  else if (request.method === 'OPTIONS') exchange.answerEmpty(204, ['allow', allow])
  else exchange.fail(refuse('method-not-allowed'), { allow })
}

export function checkPath(request: IncomingMessage): GatewayError | undefined {
  const path = pathOf(request)
  if (hasMalformedEscape(path)) return malformedPath()
  return isUnsafePath(path) ? refuse('bad-request', 'the path holds a dot segment, plainly or encoded') : undefined
}

const malformedPath = () => refuse('bad-request', 'a percent escape in the path is malformed')
