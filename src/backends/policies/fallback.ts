import { hash } from 'node:crypto'
import { type GatewayError, toGatewayError } from '../../errors.ts'
import type { Call, CallRequest, CallResponse, CallSite, Fallback } from '../call.ts'
import { type Layer, type LayerResponse, OngoingCall } from '../layer.ts'
import type { StackParts } from '../parts.ts'

type FallbackParts = Pick<StackParts, 'clock' | 'store' | 'metrics'>

/**
 * Renders the request and sends it; covers a failure of either by the first of the site's fallbacks that succeeds.
 * When none does, the call's own error is thrown. A cancelled call is not covered. The response carries the error it
 * covers.
 */
export function fallback(site: CallSite, { clock, store, metrics }: FallbackParts): (next: Layer) => Call {
  if (site.fallbacks.length === 0) {
    return (next) => (context) => {
      const call = new OngoingCall(context)
      return renderAndSend(site, call, next).catch((thrown: unknown) => {
        throw withAttempts(thrown, call)
      })
    }
  }
  const records = site.fallbacks.some((entry) => entry.kind === 'lastGood')

  function record(response: LayerResponse, { request }: OngoingCall): LayerResponse {
    if (request && mayBeStored(response)) {
      const { status, headers, text } = response
      store.set(storeKey(site, request), { status, headers, text, storedAt: clock.epoch() })
    }
    return response
  }

  async function answerFrom(entry: Fallback, error: GatewayError, { request, context }: OngoingCall) {
    if (entry.kind === 'handler') return await entry.run(error, context)
    // A last good answer is found by its request: without one there is none.
    const stored = request && (await store.get(storeKey(site, request)))
    if (!stored || clock.epoch() - stored.storedAt > entry.maxAgeMs) return undefined
    const body: unknown = stored.text === undefined ? undefined : JSON.parse(stored.text)
    return { status: stored.status, headers: stored.headers, body, source: 'stale', attempts: 0 } satisfies CallResponse
  }

  async function cover(thrown: unknown, call: OngoingCall): Promise<CallResponse> {
    const error = withAttempts(thrown, call)
    const { scope, span } = call.context
    if (error.code === 'cancelled') throw error
    if (scope.reason) throw scope.reason
    for (const entry of site.fallbacks) {
      try {
        const response = await answerFrom(entry, error, call)
        if (!response) continue
        metrics.fallback(response.source, error.code)
        if (span.sampled) span.event('tessera.fallback', { source: response.source, 'error.type': error.code })
        return { ...response, attempts: call.attempts, error }
      } catch {
        if (scope.reason) throw scope.reason
      }
    }
    throw error
  }

  return (next) => (context) => {
    const call = new OngoingCall(context)
    const answer = renderAndSend(site, call, next)
    return (records ? answer.then((response) => record(response, call)) : answer).catch((thrown: unknown) =>
      cover(thrown, call),
    )
  }
}

function renderAndSend(site: CallSite, call: OngoingCall, next: Layer): Promise<LayerResponse> {
  try {
    call.request = site.render(call.context.document)
  } catch (thrown) {
    return Promise.reject(thrown)
  }
  return next(call.request, call)
}

function withAttempts(thrown: unknown, { attempts }: OngoingCall): GatewayError {
  const error = toGatewayError(thrown)
  // A cancellation is shared by all that it ends.
  if (error.code !== 'cancelled') error.attempts = attempts
  return error
}

/** A backend that says `no-store` is obeyed (RFC 9111 section 5.2.2.5). */
function mayBeStored(response: CallResponse): boolean {
  const control = response.headers['cache-control']
  return typeof control !== 'string' || !control.includes('no-store')
}

/**
 * Equal only for requests that are equal in all that was rendered, so that one user's answer never reaches another.
 * A digest, so that the store holds no credentials.
 */
function storeKey(site: CallSite, { method, path, headers, body }: CallRequest): string {
  return hash('sha256', JSON.stringify([site.service.name, site.operation, method, path, headers, body]), 'base64')
}
