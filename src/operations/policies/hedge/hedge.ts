import type { OngoingCall, Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { isTimedOut } from '../../../endpoints/verdict.ts'
import { printDuration } from '../../../expressions/units.ts'
import { Race } from './race.ts'
import { ResponseTimes } from './response-times.ts'
import { type HedgePolicy, hedgeShape } from './shape.ts'

/**
 * Sends a request to another endpoint too when the first takes longer than calls of the operation usually do; the first
 * answer counts, and the other attempt is cancelled at once (Dean and Barroso, The Tail at Scale, 2013). Paid from the
 * service's retry budget. With a percentile it waits until enough calls were seen to know it.
 */
export const hedge = definePolicy({
  name: 'hedge',
  on: ['service', 'operation', 'step'],
  shape: hedgeShape,
  off: true,
  notes: 'Paid from the retry budget. [Failure and fallback](../guides/failure-and-fallback.md) tells when it begins.',
  example: 'hedge: { after: p95, max: 1 }',
  misfit(_config, { method, idempotent }) {
    if (idempotent) return undefined
    return {
      code: 'unsafe-hedge',
      message: `a ${method} that is sent twice may be carried out twice`,
      short: 'this method is not repeated',
    }
  },
  shared: {
    /** Calls of one operation that ask for the same percentile know each other's response times. */
    key: ({ after }, { service, operation }) =>
      'quantile' in after ? [service.name, operation, after.quantile] : undefined,
    open: ({ after }, { clock }) => new ResponseTimes('quantile' in after ? after.quantile : 0, clock.now()),
  },
  wrap: wrapHedge,
  drawsOnRetryBudget: true,
  events: {
    help: 'Hedged calls by result',
    label: 'result',
    values: ['won', 'lost', 'no-budget'],
  },
  caption: describeHedge,
  drawing: (policy) => `hedge: ${describeHedge(policy)}`,
  /** The last hedge begins while the first attempt waits, and has as long. */
  worst({ after, max }, inner, attempt) {
    const delayMs = 'ms' in after ? Math.min(attempt.ms, after.ms * max) : attempt.ms
    const ms = delayMs + attempt.ms
    return ms > inner.ms ? { ms, sum: `${printDuration(delayMs)} + ${attempt.sum}` } : inner
  },
  requests: ({ max }, inner) => inner + max,
})

function describeHedge({ after, max }: HedgePolicy): string {
  const wait = 'ms' in after ? printDuration(after.ms) : `p${Math.round(after.quantile * 10_000) / 100}`
  return `another attempt after ${wait}${max > 1 ? `, up to ${max}` : ''}`
}

function wrapHedge(policy: HedgePolicy, parts: PolicyParts<ResponseTimes>): Policy {
  const { clock, retryBudget, deposits, state: responseTimes } = parts
  const { after } = policy
  const waitMs = 'ms' in after ? () => after.ms : (now: number) => responseTimes?.expectedMs(now)

  return (next) => (request, call) => {
    if (deposits) retryBudget.deposit()
    const startedAt = clock.now()
    const observe = ({ askedAt }: OngoingCall) => {
      const now = clock.now()
      if (askedAt !== undefined) responseTimes?.observe(now, now - askedAt)
    }
    const delayMs = waitMs(startedAt)
    if (delayMs === undefined || startedAt + delayMs >= call.context.deadline) {
      const answer = next(request, call)
      answer.then(
        () => call.failures === 0 && observe(call),
        // What failed before it could be late tells nothing of how long answers take.
        (thrown: unknown) => isTimedOut(thrown) && observe(call),
      )
      return answer
    }
    return new Race({ parts, policy, delayMs, next, request, call, observe }).run()
  }
}
