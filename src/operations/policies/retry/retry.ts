import type { CallRequest } from '../../../calls/call.ts'
import type { LayerResponse, OngoingCall, Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { compileErrorMatcher, type GatewayError, toGatewayError } from '../../../errors.ts'
import { printDuration } from '../../../expressions/units.ts'
import { pause } from '../../../pause.ts'
import { type RetryPolicy, type RetryRule, retryShape } from './shape.ts'

/** What no second attempt can mend, whatever the policy's `on` says. */
const hopeless = new Set(['cancelled', 'missing-input', 'invalid-input'])

/**
 * Attempts again what failed in a way the policy lists, on another endpoint if there is one. Gives up with the last
 * error when the attempts or the service's retry budget are used up, or when the wait would pass the deadline. A
 * backend that says when it wants to be asked again (`Retry-After`) is not asked before. Of several rules the first that
 * lists a failure decides about it; attempts and waits are counted over all of them.
 */
export const retry = definePolicy({
  name: 'retry',
  on: ['service', 'operation', 'step'],
  shape: retryShape,
  notes:
    'A service has a budget for it, `retryBudget`: unless it says otherwise 20 % of its calls and 10 a second, over 10 s. Hedges and `failover: fast-retry` draw on it too. A 429 or 503 with `Retry-After` is not asked again before that time. Attempts of a list are counted together, and an entry stops at its own `attempts`: with 1 what it lists is not tried again.',
  example: 'retry: { attempts: 2, delay: 20ms, on: [unavailable, http-503] }',
  misfit(policy, { method, idempotent }) {
    if (idempotent || mostAttempts(policy) === 1) return undefined
    return {
      code: 'unsafe-retry',
      message: `a ${method} may have been carried out although it failed, so it is not retried`,
      help: 'send an idempotency-key header, or leave retry away',
      short: 'this method is not repeated',
    }
  },
  errorCodes: (policy) =>
    Array.isArray(policy)
      ? policy.map(({ on: codes }, index) => ({ codes, path: [index, 'on'] }))
      : rulesOf(policy).map(({ on: codes }) => ({ codes, path: ['on'] })),
  wrap: wrapRetry,
  drawsOnRetryBudget: true,
  events: { help: 'Retries made, by the error that caused them', label: 'error_type' },
  caption(policy) {
    const rules = rulesOf(policy)
    return mostAttempts(policy) === 1 ? 'none' : rules.map(describeRule).join('; ')
  },
  worst(policy, inner) {
    const attempts = mostAttempts(policy)
    let waitMs = 0
    for (let failures = 1; failures < attempts; failures++) waitMs += longestDelayMs(policy, failures)
    const times = inner.sum.includes(' + ') ? `(${inner.sum})` : inner.sum
    const sum = attempts === 1 ? inner.sum : `${attempts} × ${times}`
    return { ms: attempts * inner.ms + waitMs, sum: waitMs > 0 ? `${sum} + ${printDuration(waitMs)}` : sum }
  },
  requests: (policy, inner) => mostAttempts(policy) * inner,
})

function rulesOf(policy: RetryPolicy): readonly RetryRule[] {
  return [policy].flat()
}

function mostAttempts(policy: RetryPolicy): number {
  return Math.max(...rulesOf(policy).map(({ attempts }) => attempts))
}

/** Before the attempt after so many failures, whatever they were. */
function longestDelayMs(policy: RetryPolicy, failures: number): number {
  const going = rulesOf(policy).filter(({ attempts }) => attempts > failures)
  return Math.max(...going.map((rule) => fullDelayMs(rule, failures)))
}

function describeRule({ attempts, delayMs, backoff, jitter, on }: RetryRule): string {
  if (attempts === 1) return `none on ${on.join(', ')}`
  const growth = attempts > 2 && backoff === 'exponential' ? ', doubling' : ''
  const wait = `${jitter ? 'up to ' : ''}${printDuration(delayMs)}`
  return `${attempts} attempts, ${wait} between${growth}, on ${on.join(', ')}`
}

function wrapRetry(policy: RetryPolicy, parts: PolicyParts): Policy | undefined {
  const { clock, random, events, retryBudget, deposits } = parts
  if (mostAttempts(policy) === 1) return undefined
  const rules = rulesOf(policy).map((rule) => ({ rule, lists: compileErrorMatcher(rule.on) }))

  /** Waits before the next attempt; throws the error when there is to be none. */
  async function prepare(error: GatewayError, failures: number, call: OngoingCall): Promise<void> {
    const { scope, deadline, span } = call.context
    if (scope.reason) throw scope.reason
    const rule = hopeless.has(error.code) ? undefined : rules.find(({ lists }) => lists(error))?.rule
    if (!rule || failures >= rule.attempts) throw error
    const delayMs = Math.max(retryDelayMs(rule, failures, random), error.response?.retryAfterMs ?? 0)
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
export function retryDelayMs(rule: RetryRule, failures: number, random: () => number): number {
  const fullMs = fullDelayMs(rule, failures)
  return rule.jitter ? random() * fullMs : fullMs
}

function fullDelayMs({ backoff, delayMs }: RetryRule, failures: number): number {
  return backoff === 'exponential' ? delayMs * 2 ** (failures - 1) : delayMs
}
