import { printForwarded, printHit } from '../../../calls/http-caching/cache-status.ts'
import type { CachePolicy } from '../../../calls/http-caching/lifetimes.ts'
import { askWhetherValid } from '../../../calls/http-caching/validation.ts'
import { type Layer, type LayerResponse, OngoingCall, type Policy } from '../../../calls/layer.ts'
import type { CallSite, PolicyParts } from '../../../calls/policy.ts'
import { longestCallMs } from '../../../calls/worst-case.ts'
import { isAnswer } from '../../../endpoints/verdict.ts'
import { GatewayError, toGatewayError } from '../../../errors.ts'
import { digest } from '../../../redaction.ts'
import { CacheEntries, type CacheEntry, type Question } from './entries.ts'
import type { Refreshes } from './refreshes.ts'

/** One of the first four for every call; `stored` too where its answer was kept. */
export const cacheResults = ['hit', 'stale', 'miss', 'stale-if-error', 'stored'] as const
type CacheResult = (typeof cacheResults)[number]

/**
 * Answers from the store what was answered before to an equal request: at once while it is fresh, at once and with a
 * newer one fetched in the background while it is stale, and in place of a failure for a while after that. How long,
 * the backend says and the policy (http-caching/). Only whole successes are kept.
 */
export function answerFromStore(policy: CachePolicy, parts: PolicyParts<Refreshes>): Policy {
  const { site, clock, events, store, state } = parts
  const refreshes = state!
  const entries = new CacheEntries(site, policy, store, clock)
  const longestMs = longestCallMs(site)

  /** Asks the backend, whether the kept answer still holds if there is one, and keeps what it answers. */
  async function fetch(question: Question, call: OngoingCall, next: Layer): Promise<LayerResponse> {
    const { request, entry } = question
    const asking = entry && askWhetherValid(request, entry.stored)
    const startedAt = clock.now()
    const answer = await next(asking ?? request, call)
    const tookMs = clock.now() - startedAt
    const { status, headers, body, source, attempts, isPersonal } = answer
    const collapsed = source === 'coalesced'
    if (entry && asking && status === 304) {
      const confirmed = entries.confirm(question, entry, answer, tookMs)
      if (!confirmed) return fetch({ ...question, entry: undefined }, call, next)
      const cacheStatus = printForwarded({ reason: 'stale', status, stored: confirmed.isKept, collapsed })
      return { ...confirmed.response, source, attempts, cacheStatus }
    }
    if (status === 304 && !site.isSuccess(304)) throw unasked304(site)
    const stored = source === 'live' && entries.keep(question, answer, tookMs)
    if (stored) events.count('stored')
    const cacheStatus = printForwarded({ reason: entry ? 'stale' : 'uri-miss', stored, collapsed })
    return { status, headers, body, source, attempts, isPersonal, cacheStatus }
  }

  /** Fetches a newer answer for those who come later. */
  function refresh(question: Question, { context: { document, span, propagation } }: OngoingCall, next: Layer): void {
    refreshes.start(question.key.digest, (scope) => {
      const deadline = clock.now() + longestMs
      const call = new OngoingCall({ document, deadline, scope, span, propagation })
      return fetch(question, call, next).catch((thrown: unknown) => {
        throw forgetIfReplaced(question, toGatewayError(thrown))
      })
    })
  }

  /** An answer that is no success replaces the kept one too: 404, 410, 401. */
  function forgetIfReplaced(question: Question, error: GatewayError): GatewayError {
    if (question.entry && isAnswer(error.response?.status)) entries.forget(question)
    return error
  }

  /** The kept answer in place of a failure that may pass (RFC 5861 section 4). */
  function cover(thrown: unknown, question: Question, call: OngoingCall): LayerResponse {
    const error = forgetIfReplaced(question, toGatewayError(thrown))
    const { entry } = question
    if (call.context.scope.reason) throw call.context.scope.reason
    if (!entry || entry.staleIfErrorLeftMs <= 0 || !mayPass(error)) throw error
    note('stale-if-error', question, call)
    const { attempts } = call
    const forwarded = { reason: 'stale', status: error.response?.status, stored: false, collapsed: false } as const
    return { ...restored(entry), source: 'stale', attempts, error, cacheStatus: printForwarded(forwarded) }
  }

  function note(result: CacheResult, { key }: Question, { context: { span } }: OngoingCall): void {
    events.count(result)
    if (span.sampled) events.trace(span, { result, key: digest(key.digest) })
  }

  /** Asks for one request alone: nothing kept is looked at, and nothing is kept. */
  async function passBy(...[request, call, next]: [...Parameters<Layer>, Layer]): Promise<LayerResponse> {
    const answer = await next(request, call)
    if (answer.status === 304 && !site.isSuccess(304)) throw unasked304(site)
    return answer
  }

  return (next) => async (request, call) => {
    if (call.context.isApart) return passBy(request, call, next)
    const question = await entries.look(request)
    const { entry } = question
    if (entry && entry.leftMs > 0) {
      note('hit', question, call)
      return { ...restored(entry), source: 'cache', attempts: 0, cacheStatus: printHit(entry.leftMs) }
    }
    if (entry && entry.staleLeftMs > 0) {
      note('stale', question, call)
      refresh(question, call, next)
      return { ...restored(entry), source: 'stale', attempts: 0, cacheStatus: printHit(entry.leftMs) }
    }
    note('miss', question, call)
    return fetch(question, call, next).catch((thrown: unknown) => cover(thrown, question, call))
  }
}

function restored({ stored: { status, headers }, body }: CacheEntry) {
  return { status, headers, body }
}

const ourOwn = new Set([
  'cancelled',
  'missing-input',
  'invalid-input',
  'expression-failed',
  'too-much-work',
  'extension-failed',
  'internal',
])

/** A failure that says nothing about what was asked for: the backend is down, or too busy. */
function mayPass(error: GatewayError): boolean {
  return !ourOwn.has(error.code) && !isAnswer(error.response?.status)
}

/** Inside the cache a 304 is a success (calls/stack.ts), so that its headers come through. */
function unasked304(site: CallSite): GatewayError {
  const response = { status: 304, body: undefined }
  return new GatewayError(site.errorNames.get(304) ?? 'http-304', { step: site.step, response })
}
