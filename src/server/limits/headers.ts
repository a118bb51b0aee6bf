import type { RateDecision } from '../../backends/admission/rates/rate-limiter.ts'
import type { RequestLimit } from '../../plan/admission/route.ts'

const windows = [1, 60, 3600]

/** One limit, and what it said to a request. */
export type Applied = readonly [limit: RequestLimit, decision: RateDecision]

/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10; lists of RFC 9651), a member for each
 * limit: `"home";q=100;w=1` and `"home";r=19;t=1`. `q` per `w` seconds is the rate as it was written; `r` is what may
 * come now, which the burst bounds; `t` is when all of the burst is there again.
 */
export function printRateHeaders(applied: readonly Applied[]): string[] {
  const policies = applied.map(([limit]) => policyOf(limit)).join(', ')
  const states = applied.map(([{ name }, { remaining, resetMs }]) => {
    return `"${name}";r=${remaining};t=${Math.max(0, Math.ceil(resetMs / 1000))}`
  })
  return ['ratelimit-policy', policies, 'ratelimit', states.join(', ')]
}

const printed = new WeakMap<RequestLimit, string>()

function policyOf(limit: RequestLimit): string {
  const known = printed.get(limit)
  if (known !== undefined) return known
  const { perSecond } = limit.policy
  const seconds = windows.find((window) => isWhole(perSecond * window)) ?? 3600
  const text = `"${limit.name}";q=${Math.max(1, Math.round(perSecond * seconds))};w=${seconds}`
  printed.set(limit, text)
  return text
}

function isWhole(count: number): boolean {
  return count >= 1 && Math.abs(count - Math.round(count)) < 1e-6
}
