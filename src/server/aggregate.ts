import type { IncomingMessage, ServerResponse } from 'node:http'
import { toGatewayError } from '../errors.ts'
import { contained } from '../faults.ts'
import type { RouteCaching } from '../plan/route-caching.ts'
import { type Execution, execute } from '../run/execute.ts'
import type { Outcome } from '../run/outcome.ts'
import { makeConditional } from '../run/stages/conditional.ts'
import type { Activation, ActiveAggregate } from './activation.ts'
import { hasBody, readBody } from './body.ts'
import { Exchange } from './exchange.ts'
import { rankOf } from './limits/rank.ts'
import { takeTurn } from './limits/shed.ts'
import { ServerRequestParts } from './request-parts.ts'
import { answerFromCache } from './route-cache.ts'
import type { Serving } from './serving.ts'

/** Answers a request of an aggregated route, from its parts to its last byte. */
export function serveAggregate(
  serving: Serving,
  activation: Activation,
  active: ActiveAggregate,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const exchange = new Exchange(serving, activation, active, request, response)
  const parts = new ServerRequestParts(request, exchange.target, params, exchange.requestId, activation.addresses)
  if (serving.overload.isBusy)
    takeTurn(
      exchange,
      rankOf(active, () => parts),
      () => pass(exchange, active, parts),
    )
  else pass(exchange, active, parts)
}

function pass(exchange: Exchange, active: ActiveAggregate, parts: ServerRequestParts): void {
  if (active.gate) {
    active.gate.admit(exchange, parts, budgetOf(exchange, active), () => begin(exchange, active, parts))
  } else begin(exchange, active, parts)
}

function begin(exchange: Exchange, active: ActiveAggregate, parts: ServerRequestParts): void {
  const { request, serving } = exchange
  if (!hasBody(request)) {
    run(exchange, active, parts)
  } else if (active.route.readsBody) {
    readBody(request, active.route.maxRequestBytes, serving.clock).then(
      contained('promise', exchange, (body) => {
        parts.body = body
        run(exchange, active, parts)
      }),
      contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))),
    )
  } else {
    request.resume()
    run(exchange, active, parts)
  }
}

function run(exchange: Exchange, active: ActiveAggregate, parts: ServerRequestParts): void {
  const { scope, span, serving } = exchange
  const { caching } = active.route
  const { overload } = serving
  const execution: Execution = {
    route: active.route,
    request: parts,
    calls: overload.isBusy ? overload.pace(active.calls) : active.calls,
    clock: serving.clock,
    scope,
    span,
    propagation: exchange.propagation(),
    budgetMs: exchange.queuedMs === 0 ? readBudget(exchange) : budgetOf(exchange, active),
    stepEnded: active.stepEnded,
  }
  const answering = caching ? executeCached(exchange, execution, caching) : execute(execution)
  answering.then(
    contained('promise', exchange, (outcome) => exchange.answer(outcome)),
    contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))),
  )
}

/** Runs a route of whose whole answers something is said. */
async function executeCached(exchange: Exchange, execution: Execution, caching: RouteCaching): Promise<Outcome> {
  const { serving, activation, request } = exchange
  const run = () => execute(execution)
  const { version } = activation.snapshot
  const outcome = await answerFromCache(serving, execution.route, caching, version, execution.request, run)
  return makeConditional(outcome, caching, request)
}

/** What is left of what the request has in all. */
function budgetOf(exchange: Exchange, { route }: ActiveAggregate): number {
  return Math.max(1, Math.min(route.timeoutMs, readBudget(exchange) ?? route.timeoutMs) - exchange.queuedMs)
}

/** What a trusted proxy says it still waits; whatever is no number of milliseconds is not believed. */
function readBudget({ request, activation: { addresses, snapshot } }: Exchange): number | undefined {
  const { budgetHeader } = snapshot.settings
  const text = budgetHeader === false ? undefined : request.headers[budgetHeader]
  if (text === undefined || !addresses.trustsPeerOf(request)) return undefined
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Math.max(1, Number(text)) : undefined
}
