import { printDuration } from '../expressions/units.ts'
import type { CallSite, WorstCase } from './policy.ts'

type Timed = Pick<CallSite, 'timeoutMs' | 'policies'>

/** How long a call takes at most by its policies, where no request's budget cuts it. */
export function worstCaseOf({ timeoutMs, policies }: Timed): WorstCase {
  const attempt = { ms: timeoutMs, sum: printDuration(timeoutMs) }
  return policies.reduceRight<WorstCase>(
    (inner, { kind, config }) => kind.worst?.(config, inner, attempt) ?? inner,
    attempt,
  )
}

/** How many requests a call makes at most. */
export function mostRequestsOf({ policies }: Pick<CallSite, 'policies'>): number {
  return policies.reduceRight((inner, { kind, config }) => kind.requests?.(config, inner) ?? inner, 1)
}

/** For what no policy of a site counts: waiting for a connection, a busy event loop. */
const slackMs = 1000

/** How long a call that several wait for is given: no request's budget cuts it. */
export function longestCallMs(site: Timed): number {
  return worstCaseOf(site).ms + slackMs
}
