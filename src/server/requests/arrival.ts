import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../clock.ts'
import { RouteRequest } from '../../run/route-request.ts'
import type { Activation, ActiveRoute } from '../lifecycle/activation.ts'
import { ServerRequestParts } from './request-parts.ts'

/** A request as the stages of its route see it; its time begins now. */
export function arrive(
  activation: Activation,
  { route }: ActiveRoute,
  params: Readonly<Record<string, string>>,
  request: IncomingMessage,
  clock: Clock,
): RouteRequest {
  const parts = new ServerRequestParts(request, params, activation.addresses)
  const saidMs = readBudget(activation, request)
  const budgetMs = saidMs === undefined ? route.timeoutMs : Math.min(route.timeoutMs, saidMs)
  return new RouteRequest(route, parts, clock, clock.now() + budgetMs)
}

/** As `arrive`, for a request that no route takes. */
export function arriveNowhere(activation: Activation, request: IncomingMessage, clock: Clock): RouteRequest {
  const { addresses, outer, snapshot } = activation
  const parts = new ServerRequestParts(request, {}, addresses)
  return new RouteRequest(outer.route, parts, clock, clock.now() + snapshot.settings.defaults.timeout)
}

/** What a trusted proxy says it still waits; whatever is no number of milliseconds is not believed. */
function readBudget({ addresses, snapshot }: Activation, request: IncomingMessage): number | undefined {
  const { budgetHeader } = snapshot.settings
  const text = budgetHeader === false ? undefined : request.headers[budgetHeader]
  if (text === undefined || !addresses.trustsPeerOf(request)) return undefined
  return typeof text === 'string' && /^\d{1,9}$/.test(text) ? Math.max(1, Number(text)) : undefined
}
