import type { CallSite } from '../call.ts'
import { type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import { isTimedOut } from '../verdict.ts'
import { Race, type RaceParts } from './hedge-race.ts'

type HedgeParts = RaceParts & Pick<StackParts, 'responseTimes'>

/**
 * Sends a request to another endpoint too when the first takes longer than calls of the operation usually do; the first
 * answer counts, and the other attempt is cancelled at once (Dean and Barroso, The Tail at Scale, 2013). Paid from the
 * service's retry budget. With a percentile it waits until enough calls were seen to know it.
 */
export function hedge(site: CallSite, parts: HedgeParts): Policy {
  const policy = site.hedge
  if (!policy) return passThrough
  const { clock, retryBudget, responseTimes } = parts
  const isPaidByRetry = (site.retry?.attempts ?? 1) > 1
  const { after } = policy
  const waitMs = 'ms' in after ? () => after.ms : (now: number) => responseTimes?.expectedMs(now)

  return (next) => (request, call) => {
    if (!isPaidByRetry) retryBudget.deposit()
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

/** Calls of one operation that ask for the same percentile know each other's response times. */
export type ResponseTimesKey = readonly [service: string, operation: string, quantile: number]

/** Undefined where no percentile is asked for. */
export function responseTimesKey({ service, operation, hedge }: CallSite): ResponseTimesKey | undefined {
  return hedge && 'quantile' in hedge.after ? [service.name, operation, hedge.after.quantile] : undefined
}
