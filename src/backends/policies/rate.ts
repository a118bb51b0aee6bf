import { GatewayError } from '../../errors.ts'
import type { RateDecision } from '../admission/rates/rate-limiter.ts'
import type { CallRequest, CallSite } from '../call.ts'
import { type Layer, type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import { pause } from '../pause.ts'

/**
 * Sends no more calls to the service than its rate allows. One too many waits, if its turn comes within `wait` and
 * within the request's budget; else it is shed with `overloaded`. It stands before the bulkhead: who waits for a turn
 * holds no place there.
 */
export function rate(site: CallSite, { clock, rate: limit }: Pick<StackParts, 'clock' | 'rate'>): Policy {
  if (!limit) return passThrough
  const { limiter, metrics } = limit
  const keyOf = site.service.limit?.keyOf

  function refuse(waitMs: number, { context: { span } }: OngoingCall): GatewayError {
    metrics.took('refused')
    if (span.sampled) span.event('tessera.shed', { reason: 'rate' })
    const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
    return new GatewayError('overloaded', { step: site.step, detail: 'the service takes no more for now', retryAfter })
  }

  async function goLater(waitMs: number, next: Layer, request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
    const { deadline, scope, span } = call.context
    if (clock.now() + waitMs >= deadline) throw refuse(waitMs, call)
    metrics.took('waits')
    if (span.sampled) span.event('tessera.queued', { wait_ms: Math.round(waitMs) })
    await pause(waitMs, clock, scope)
    return next(request, call)
  }

  return (next) => {
    function proceed({ isAllowed, waitMs }: RateDecision, request: CallRequest, call: OngoingCall) {
      if (!isAllowed) return Promise.reject(refuse(waitMs, call))
      if (waitMs > 0) return goLater(waitMs, next, request, call)
      metrics.took('allowed')
      return next(request, call)
    }

    return (request, call) => {
      const decision = limiter.take(keyOf?.(call.context.document) ?? '')
      if (!(decision instanceof Promise)) return proceed(decision, request, call)
      return decision.then((decided) => {
        call.context.scope.throwIfCancelled()
        return proceed(decided, request, call)
      })
    }
  }
}
