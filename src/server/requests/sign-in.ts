import type { IncomingMessage, ServerResponse } from 'node:http'
import { toGatewayError } from '../../errors.ts'
import { contained } from '../../faults.ts'
import type { Denial, Doubt } from '../../identity/identity.ts'
import { callbackPath, type Redirect, type SignIn, signOutPath } from '../../identity/sign-in.ts'
import type { RequestParts } from '../../plan/request-parts.ts'
import { redirectTo } from '../../run/redirect.ts'
import { refuse } from '../../run/refusals.ts'
import { isOwn } from '../../run/stages/origin.ts'
import { checkRequest, pathOf } from '../http/strict.ts'
import type { Activation } from '../lifecycle/activation.ts'
import type { Serving } from '../lifecycle/serving.ts'
import { passOutside } from './dispatch.ts'
import { Exchange } from './exchange.ts'
import { ServerRequestParts } from './request-parts.ts'

type Step = Redirect | Denial | Doubt

/**
 * Answers what belongs to signing in and out, where people do: false for any other request. It stands before every route,
 * since a `proxy:` may take any path.
 */
export function trySignIn(serving: Serving, request: IncomingMessage, response: ServerResponse): boolean {
  const activation = serving.current
  if (!isOfSignIn(activation, request)) return false
  const { signIns } = activation
  const isCallback = pathOf(request) === callbackPath
  const exchange = new Exchange(serving, activation, undefined, request, response)
  const parts = new ServerRequestParts(request, {}, activation.addresses)
  const refusal =
    checkRequest(request) ?? refuseMethod(parts, isCallback, activation.outer.route.browsers?.cors?.letsAct)
  if (refusal) {
    exchange.fail(refusal, refusal.code === 'method-not-allowed' ? { allow: isCallback ? 'GET' : 'GET, POST' } : {})
    return true
  }
  const step = () => (isCallback ? finish(signIns, exchange, parts) : end(signIns, parts))
  passOutside(exchange, () =>
    step().then(
      contained('promise', exchange, (known) => answer(exchange, known)),
      contained('promise', exchange, (thrown: unknown) => exchange.fail(toGatewayError(thrown))),
    ),
  )
  return true
}

export function isOfSignIn({ signIns }: Activation, request: IncomingMessage): boolean {
  if (signIns.length === 0 || !request.url?.includes('/-/auth/')) return false
  const path = pathOf(request)
  return path === callbackPath || path === signOutPath
}

/** Nobody signs a visitor of his page out, nor do neighbours: a link stands on a page of this very origin, or is typed. */
function refuseMethod(parts: RequestParts, isCallback: boolean, letsAct: (origin: string) => boolean = () => false) {
  const { method, headers } = parts
  if (method !== 'GET' && (isCallback || method !== 'POST')) return refuse('method-not-allowed')
  if (isCallback) return undefined
  const isKnown = method === 'POST' || headers['sec-fetch-site'] !== undefined
  return isKnown && isOwn(parts, letsAct) ? undefined : refuse('cross-origin')
}

async function finish(signIns: readonly SignIn[], { target }: Exchange, parts: RequestParts): Promise<Step> {
  const mark = target.indexOf('?')
  const query = mark < 0 ? '' : target.slice(mark + 1)
  for (const signIn of signIns) {
    const step = signIn.finish(query, parts)
    if (step) return step
  }
  throw refuse('sign-in-lost', 'Open the page again that asked to sign in.')
}

async function end(signIns: readonly SignIn[], parts: RequestParts): Promise<Redirect> {
  const ended = await Promise.all(signIns.flatMap((signIn) => signIn.end(parts) ?? []))
  const [first] = ended
  const cookies = ended.flatMap((one) => one.cookies)
  return { kind: 'redirect', location: first?.location ?? '/', cookies }
}

function answer(exchange: Exchange, step: Step): void {
  if (step.kind === 'redirect') {
    if (pathOf(exchange.request) === signOutPath) exchange.addHeaders(['clear-site-data', '"cache"'])
    const answered = redirectTo(step)
    const mode = exchange.request.headers['sec-fetch-mode']
    // A script that follows would leave for another origin, and read nothing there.
    const { location: _, ...headers } = answered.headers
    exchange.answer(mode === undefined || mode === 'navigate' ? answered : { ...answered, status: 204, headers })
  } else if (step.kind === 'denied') {
    exchange.fail(refuse('sign-in-refused', undefined, undefined, step.reason))
  } else exchange.fail(refuse('auth-unavailable', undefined, step.retryAfter, step.reason))
}
