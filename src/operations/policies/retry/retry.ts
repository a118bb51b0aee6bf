import type { CallRequest } from '../../../calls/call.ts'
import type { LayerResponse, OngoingCall, Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { compileErrorMatcher, type GatewayError, toGatewayError } from '../../../errors.ts'
import { printDuration } from '../../../expressions/units.ts'
import { pause } from '../../../pause.ts'
import { type RetryPolicy, retryShape } from './shape.ts'

/** What no second attempt can mend, whatever the policy's `on` says. */
const hopeless = new Set(['cancelled', 'missing-input', 'invalid-input'])

/**
 * Attempts again what failed in a way the policy lists, on another endpoint if there is one. Gives up with the last
 * error when the attempts or the service's retry budget are used up, or when the wait would pass the deadline. A
 * backend that says when it wants to be asked again (`Retry-After`) is not asked before.
 */
export const retry = definePolicy({
  name: 'retry',
  on: ['service', 'operation', 'step'],
  shape: retryShape,
  notes:
    'A service has a budget for it, `retryBudget`: unless it says otherwise 20 % of its calls and 10 a second, over 10 s. Hedges and `failover: fast-retry` draw on it too. A 429 or 503 with `Retry-After` is not asked again before that time.',
  example: 'retry: { attempts: 2, delay: 20ms, on: [unavailable, http-503] }',
  misfit({ attempts }, { method, idempotent }) {
    if (idempotent || attempts === 1) return undefined
    return {
      code: 'unsafe-retry',
      message: `a ${method} may have been carried out although it failed, so it is not retried`,
      help: 'send an idempotency-key header, or leave retry away',
      short: 'this method is not repeated',
    }
  },
  errorCodes: ({ on }) => [{ codes: on, path: ['on'] }],
  wrap: wrapRetry,
  drawsOnRetryBudget: true,
  events: { help: 'Retries made, by the error that caused them', label: 'error_type' },
  caption({ attempts, delayMs, backoff, jitter, on }) {
    if (attempts === 1) return 'none'
    const growth = attempts > 2 && backoff === 'exponential' ? ', doubling' : ''
    const wait = `${jitter ? 'up to ' : ''}${printDuration(delayMs)}`
    return `${attempts} attempts, ${wait} between${growth}, on ${on.join(', ')}`
  },
  worst(policy, inner) {
    const { attempts } = policy
    let waitMs = 0
    for (let failures = 1; failures < attempts; failures++) waitMs += fullDelayMs(policy, failures)
    const times = inner.sum.includes(' + ') ? `(${inner.sum})` : inner.sum
    const sum = attempts === 1 ? inner.sum : `${attempts} × ${times}`
    return { ms: attempts * inner.ms + waitMs, sum: waitMs > 0 ? `${sum} + ${printDuration(waitMs)}` : sum }
  },
  requests: ({ attempts }, inner) => attempts * inner,
})
function wrapRetry(policy: RetryPolicy, parts: PolicyParts): Policy | undefined {
  const { clock, random, events, retryBudget, deposits } = parts
  if (policy.attempts <= 1) return undefined
  const isListed = compileErrorMatcher(policy.on)

  /** Waits before the next attempt; throws the error when there is to be none. */
  async function prepare(error: GatewayError, failures: number, call: OngoingCall): Promise<void> {
    const { scope, deadline, span } = call.context
    if (scope.reason) throw scope.reason
    if (failures >= policy.attempts || hopeless.has(error.code) || !isListed(error)) throw error
    const delayMs = Math.max(retryDelayMs(policy, failures, random), error.response?.retryAfterMs ?? 0)
    if (clock.now() + delayMs >= deadline || !retryBudget.withdraw()) throw error
    const attributes = { attempt: failures, 'error.type': error.code, delay_ms: Math.round(delayMs) }
    events.emit(span, error.code, attributes)
    if (delayMs > 0) await pause(delayMs, clock, scope)
  }

  return (next) => {
    async function goOn(firstThrown: unknown, request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
      let thrown = firstThrown
      for (let failures = 1; ; failures++) {
        call.failures = failures
        await prepare(toGatewayError(thrown), failures, call)
        try {
          return await next(request, call)
        } catch (again) {
          thrown = again
        }
      }
    }

    return (request, call) => {
      // One beside another is an attempt more already.
      if (call.isHedge) return next(request, call)
      if (deposits) retryBudget.deposit()
      return next(request, call).catch((thrown: unknown) => goOn(thrown, request, call))
    }
  }
}

/**
 * The wait after the n-th failure (n from 1). With jitter it is drawn evenly from 0 to the full delay ("full jitter",
 * AWS Architecture Blog, Exponential Backoff and Jitter), so that callers that failed together do not return together.
 */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: () => number): number {
  const fullMs = fullDelayMs(policy, failures)
  return policy.jitter ? random() * fullMs : fullMs
}

function fullDelayMs({ backoff, delayMs }: RetryPolicy, failures: number): number {
  return backoff === 'exponential' ? delayMs * 2 ** (failures - 1) : delayMs
}
