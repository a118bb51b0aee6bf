import type { Scope } from '../cancellation.ts'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import { pause } from '../pause.ts'
import type { Span } from '../telemetry/span.ts'
import type { OpenRate } from './admission.ts'
import type { RateDecision } from './rates/rate-limiter.ts'

/** Who is on the way to a service: a call, or a request that is passed through. */
export interface OnTheWay {
  /** On `Clock.now()`'s scale. */
  readonly deadline: number
  readonly scope: Scope
  readonly span: Span
}

/**
 * Takes one of what a service bears in a time. Undefined when it may go at once; one too many waits, if its turn comes
 * within the limit's `wait` and before its deadline. Rejects with `overloaded`, or its scope's reason.
 */
export function takeTurn(rate: OpenRate, key: string, one: OnTheWay, clock: Clock): Promise<void> | undefined {
  const decision = rate.limiter.take(key)
  if (!(decision instanceof Promise)) return proceed(rate, decision, one, clock)
  return decision.then((decided) => {
    one.scope.throwIfCancelled()
    return proceed(rate, decided, one, clock)
  })
}

function proceed(
  rate: OpenRate,
  { isAllowed, waitMs }: RateDecision,
  one: OnTheWay,
  clock: Clock,
): Promise<void> | undefined {
  if (!isAllowed || (waitMs > 0 && clock.now() + waitMs >= one.deadline))
    return Promise.reject(refuse(rate, waitMs, one))
  rate.metrics.took(waitMs > 0 ? 'waits' : 'allowed')
  if (waitMs === 0) return undefined
  if (one.span.sampled) one.span.event('tessera.queued', { wait_ms: Math.round(waitMs) })
  return pause(waitMs, clock, one.scope)
}

function refuse({ metrics }: OpenRate, waitMs: number, { span }: OnTheWay): GatewayError {
  metrics.took('refused')
  if (span.sampled) span.event('tessera.shed', { reason: 'rate' })
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000))
  return new GatewayError('overloaded', { detail: 'the rate limit of the service is exceeded', retryAfter })
}
