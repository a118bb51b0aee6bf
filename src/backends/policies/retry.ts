import { compileErrorMatcher, type GatewayError, toGatewayError } from '../../errors.ts'
import type { CallRequest, CallSite, RetryPolicy } from '../call.ts'
import { type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import { pause } from '../pause.ts'

type RetryParts = Pick<StackParts, 'clock' | 'random' | 'metrics' | 'retryBudget'>

/** What no second attempt can mend, whatever the policy's `on` says. */
const hopeless = new Set(['cancelled', 'missing-input', 'invalid-input'])

/**
 * Attempts again what failed in a way the policy lists, on another endpoint if there is one. Gives up with the last
 * error when the attempts or the service's retry budget are used up, or when the wait would pass the deadline. A
 * backend that says when it wants to be asked again (`Retry-After`) is not asked before.
 */
export function retry(site: CallSite, { clock, random, metrics, retryBudget }: RetryParts): Policy {
  const policy = site.retry
  if (!policy || policy.attempts <= 1) return passThrough
  const isListed = compileErrorMatcher(policy.on)

  /** Waits before the next attempt; throws the error when there is to be none. */
  async function prepare(error: GatewayError, failures: number, call: OngoingCall): Promise<void> {
    const { scope, deadline, span } = call.context
    if (scope.reason) throw scope.reason
    if (failures >= policy!.attempts || hopeless.has(error.code) || !isListed(error)) throw error
    const delayMs = Math.max(retryDelayMs(policy!, failures, random), error.response?.retryAfterMs ?? 0)
    if (clock.now() + delayMs >= deadline || !retryBudget.withdraw()) throw error
    metrics.retry(error.code)
    if (span.sampled) {
      span.event('tessera.retry', { attempt: failures, 'error.type': error.code, delay_ms: Math.round(delayMs) })
    }
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
      retryBudget.deposit()
      return next(request, call).catch((thrown: unknown) => goOn(thrown, request, call))
    }
  }
}

/**
 * The wait after the n-th failure (n from 1). With jitter it is drawn evenly from 0 to the full delay ("full jitter",
 * AWS Architecture Blog, Exponential Backoff and Jitter), so that callers that failed together do not return together.
 */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: () => number): number {
  const fullMs = policy.backoff === 'exponential' ? policy.delayMs * 2 ** (failures - 1) : policy.delayMs
  return policy.jitter ? random() * fullMs : fullMs
}
