import type { Scope } from '../cancellation.ts'
import { GatewayError, toGatewayError } from '../errors.ts'
import type { CallRequest, CallSite } from './call.ts'
import { type DecodedBody, decodeBody } from './decode.ts'
import { describeAttempts } from './describe.ts'
import type { Endpoint } from './endpoints.ts'
import { outgoingHeaders } from './headers.ts'
import type { LayerResponse, OngoingCall } from './layer.ts'
import type { StackParts } from './parts.ts'
import type { IncomingResponse } from './transports/transport.ts'

/** The innermost layer. */
export type SendTo = (request: CallRequest, call: OngoingCall, endpoint: Endpoint) => Promise<LayerResponse>

/** One attempt: sends a request to an endpoint, decodes the answer, and leaves a client span and a measurement of it. */
export function attempt(site: CallSite, { clock, metrics }: Pick<StackParts, 'clock' | 'metrics'>): SendTo {
  const { step, maxResponseBytes } = site
  const keepsText = site.fallbacks.some((entry) => entry.kind === 'lastGood')
  const describe = describeAttempts(site)

  /** What a status that is no success means, whatever its body; the body is kept only if it is JSON. */
  async function readStatusError(incoming: IncomingResponse, scope: Scope): Promise<GatewayError> {
    let body: unknown
    try {
      body = (await decodeBody(incoming, maxResponseBytes, scope)).body
    } catch {
      scope.throwIfCancelled()
    }
    return statusError(incoming.status, body)
  }

  function statusError(status: number, body: unknown): GatewayError {
    return new GatewayError(site.errorNames.get(status) ?? `http-${status}`, { step, response: { status, body } })
  }

  /** Names the step, and prefers a failure status over what else is wrong with the same answer. */
  function refine(thrown: unknown, call: OngoingCall): GatewayError {
    const error = toGatewayError(thrown)
    if (error === call.scope.reason) return error
    const status = error.response?.status
    if (error.code === 'invalid-response' && status !== undefined && !site.isSuccess(status)) {
      return statusError(status, undefined)
    }
    error.step ??= step
    return error
  }

  return async (request, call, endpoint) => {
    const startedAt = clock.now()
    const span = call.context.span.child(site.template, 'client')
    try {
      const { method, body } = request
      const headers = outgoingHeaders(request, call, span.traceparent, call.deadline - startedAt)
      const path = endpoint.prefix + request.path
      call.attempts++
      if (span.sampled) span.set(describe(request, call, endpoint))
      const incoming = await endpoint.channel.send({ method, path, headers, body, maxResponseBytes }, call.scope)
      const { status } = incoming
      if (span.sampled) span.set({ 'http.response.status_code': status })
      if (!site.isSuccess(status)) throw await readStatusError(incoming, call.scope)
      const decoding = decodeBody(incoming, maxResponseBytes, call.scope)
      const decoded: DecodedBody = decoding instanceof Promise ? await decoding : decoding
      if (!site.isUsable(decoded.body))
        throw new GatewayError('invalid-response', { detail: 'nothing expected is in it' })
      metrics.attempt(status, undefined, (clock.now() - startedAt) / 1000)
      return {
        status,
        headers: incoming.headers,
        body: decoded.body,
        source: 'live',
        attempts: call.attempts,
        text: keepsText ? decoded.text : undefined,
      }
    } catch (thrown) {
      const error = refine(thrown, call)
      metrics.attempt(error.response?.status, error.code, (clock.now() - startedAt) / 1000)
      span.fail(error.code)
      throw error
    } finally {
      span.end()
    }
  }
}
