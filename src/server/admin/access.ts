import type { Request, RequestHandler, Response } from 'express'
import { Scope } from '../../cancellation.ts'
import { type AdminRole, adminRoles } from '../../config/admin.ts'
import type { GatewaySettings } from '../../config/gateway.ts'
import type { Identity } from '../../identity/identity.ts'
import type { Outcome } from '../../run/outcome.ts'
import { RouteRequest } from '../../run/route-request.ts'
import type { Client } from '../../run/stage.ts'
import { untraced } from '../../telemetry/untraced.ts'
import { schemeOf } from '../http/connection.ts'
import { dropHeadersOfProxies } from '../http/untrusted-headers.ts'
import type { Activation } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { ServerRequestParts } from '../requests/request-parts.ts'
import { rememberWhoAsks } from './audit.ts'
import type { AdminEndpoint } from './endpoint.ts'
import { sendAdminProblem } from './problem.ts'

const budgetMs = 5000

/**
 * Asks who is there, for all but health, and, where nothing else is said, metrics. Where the listener is reached from
 * other machines and nobody is asked, there is nothing else.
 *
 * @param isPrivate whether it is reached from this machine alone
 */
export function askWhoIsThere(
  serving: Serving,
  isPrivate: boolean,
  endpoints: readonly AdminEndpoint[],
): RequestHandler {
  const roleOf = compileRoles(endpoints)
  return (request, response, next) => {
    const { current } = serving
    dropHeadersOfProxies(request, current.addresses.trustsPeerOf)
    const { admin } = current.snapshot.settings
    const needed = roleOf(request)
    if (needed === undefined || (!current.admin && isPrivate)) next()
    else if (!current.admin) sendAdminProblem(response, 404)
    else
      authenticate(serving, current, request, response, (identity, isAmbient) => {
        if (isAmbient && !isPrivate && schemeOf(request) !== 'https')
          sendAdminProblem(response, 403, 'a password or a cookie comes over TLS')
        else if (!mayDo(needed, identity, admin.roles)) sendAdminProblem(response, 403, `this takes the role ${needed}`)
        else {
          rememberWhoAsks(request, identity)
          next()
        }
      })
  }
}

/** What a request takes; undefined for what is nobody's secret. Whether there is anything is told to those who may see it. */
function compileRoles(endpoints: readonly AdminEndpoint[]): (request: Request) => AdminRole | undefined {
  const found = endpoints.map((endpoint) => ({
    endpoint,
    method: endpoint.method.toUpperCase(),
    // As Express finds it.
    pattern: new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`, 'i'),
  }))
  return (request) => {
    const method = isRead(request) ? 'GET' : request.method
    const known = found.find((one) => one.method === method && one.pattern.test(request.path))
    if (known) return known.endpoint.role
    return method === 'GET' ? 'viewer' : method === 'POST' ? 'editor' : 'admin'
  }
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Each may what those before it may. */
function mayDo(needed: AdminRole, identity: Identity | undefined, roles: GatewaySettings['admin']['roles']): boolean {
  const enough = adminRoles.slice(adminRoles.indexOf(needed)).flatMap((role) => roles?.[role] ?? [])
  return identity?.auth.roles.some((role) => enough.includes(role)) ?? false
}

function authenticate(
  { clock }: Serving,
  activation: Activation,
  request: Request,
  response: Response,
  then: (identity: Identity | undefined, isAmbient: boolean) => void,
): void {
  const { route, pipeline } = activation.admin!
  const parts = new ServerRequestParts(request, {}, activation.addresses)
  const asking = new RouteRequest(route, parts, clock, clock.now() + budgetMs)
  const client: Client = {
    target: request.originalUrl,
    scope: new Scope(),
    span: untraced,
    propagation: () => ({ tracestate: undefined, baggage: undefined, requestId: parts.id }),
    addHeaders(headers) {
      for (let at = 0; at < headers.length; at += 2) response.append(headers[at]!, headers[at + 1]!)
    },
    hasBody: false,
    receiveBody: () => Promise.reject(new Error('nobody reads it')),
    whenGone: (leave) => leave({ isServed: true, backendMs: undefined }),
    passOn() {},
  }
  activation.enter()
  pipeline.answer(asking, client, (outcome: Outcome) => {
    activation.leave()
    if (response.destroyed) return
    if (outcome.kind === 'passed-on') then(asking.parts.identity, asking.isAmbient)
    else refuse(outcome, response)
  })
}

function refuse(outcome: Outcome, response: Response): void {
  const error = outcome.kind === 'failure' ? outcome.error : undefined
  if (error?.retryAfter !== undefined) response.set('retry-after', String(error.retryAfter))
  // People sign in where the gateway's routes are, and not here.
  sendAdminProblem(response, error?.status ?? 401)
}
