import { splitList } from '../../header-list.ts'
import type { CallRequest, CallResponse } from '../call.ts'
import type { CallSite } from '../policy.ts'
import { answerUseOf } from '../site-policies.ts'
import { controlOf } from './cache-control.ts'

/*
 * The one rule of what may be shared: for the cache, last good answers, joined calls, and whole answers made of calls.
 * What is asked for so that others may be given it goes out with nothing of one client alone (headers.ts), and is found
 * again by all that was rendered (request-key.ts).
 */

/** What the gateway sends anew with every call: an answer that varies by it fits no other request. */
const everChanging = new Set(['*', 'traceparent', 'tracestate', 'x-request-id', 'cdn-loop', 'via'])

/** `CDN-Loop`, which a client may forge, is in no key: what it brings about is that client's. */
const loopDetected = 508

type Sharer = Pick<CallSite, 'policies' | 'fallbacks' | 'isOfSharedAnswer'>

/** Whether somebody else may be given what a site is answered. */
export function sharesAnswers(site: Sharer): boolean {
  return site.isOfSharedAnswer === true || keepsLastGood(site) || answerUseOf(site).sharesAnswers === true
}

export function keepsLastGood({ fallbacks }: Pick<CallSite, 'fallbacks'>): boolean {
  return fallbacks.some(({ kind }) => kind === 'lastGood')
}

/** What of a site bears on whether its answers may be shared: told once, asked with every answer. */
export interface Sharing {
  readonly overridesCaching: boolean
  readonly budgetHeader: string | undefined
}

export function sharingOf(site: Pick<CallSite, 'policies' | 'service'>): Sharing {
  return {
    overridesCaching: answerUseOf(site).overridesCaching === true,
    budgetHeader: site.service.budgetHeader,
  }
}

/**
 * Whether an answer to one request may be given to others that were rendered alike (RFC 9111 section 3). They have
 * `authorization` in common too, so section 3.5 is met; and the headers that `Vary` names are equal already. An answer
 * that sets a cookie is one client's, whatever the policy says; so is one that tells of where its request has been (508).
 * What holds of an answer holds of the redirects to it.
 */
export function mayBeShared(
  { overridesCaching, budgetHeader }: Sharing,
  request: CallRequest,
  { status, headers, redirects }: Pick<CallResponse, 'status' | 'headers' | 'redirects'>,
): boolean {
  if (status === loopDetected) return false
  const isOfOne = (passed: CallResponse['headers']) =>
    !mayBeShared({ overridesCaching, budgetHeader }, request, { status, headers: passed })
  if (redirects?.some(isOfOne)) return false
  if (headers['set-cookie'] !== undefined || variesForEver(request, headers['vary'], budgetHeader)) return false
  if (overridesCaching) return true
  const control = controlOf(headers)
  return !control.noStore && !control.private
}

/** Whether a success may be kept: one that may be shared, and is whole. */
export function mayBeStored(
  sharing: Sharing,
  request: CallRequest,
  response: Pick<CallResponse, 'status' | 'headers' | 'redirects'>,
): boolean {
  const { status } = response
  return status !== 206 && status !== 304 && mayBeShared(sharing, request, response)
}

/** Whether a `Vary` names what is never the same twice, and was not rendered either. */
function variesForEver(
  request: Pick<CallRequest, 'headers'>,
  vary: string | string[] | undefined,
  budgetHeader?: string | undefined,
): boolean {
  if (vary === undefined) return false
  const names = splitList(String(vary).toLowerCase())
  const changes = (name: string) => everChanging.has(name) || name === budgetHeader
  return names.some((name) => changes(name) && request.headers[name] === undefined)
}
