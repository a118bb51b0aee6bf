import type { RatePolicy } from '../../admission/policy.ts'
import type { RateDecision } from '../../admission/rates/rate-limiter.ts'

/** A limit as clients are told of it. */
export interface ToldLimit {
  readonly name: string
  readonly policy: RatePolicy
}

/** One limit, and what it said to a request. */
export type Applied = readonly [limit: ToldLimit, decision: RateDecision]

/**
 * `RateLimit-Policy` and `RateLimit`, a member for each limit: `"home";q=100;w=1` and `"home";r=19;t=1`. `q` per `w`
 * seconds is the rate as it was written, `tessera-burst` what may come at once where that is more; `r` is what may come
 * now, `t` the seconds until one more may. There is no `pk`: what clients are told apart by may be personal.
 *
 * By draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4 (read in full in the working group's repository,
 * ietf-wg-httpapi/ratelimit-headers, as of 23 September 2025): lists of RFC 9651 whose items are Strings, with Integers
 * as parameters; `w` is at least 1; a `Retry-After` is not earlier than the `t` of the limit that refuses.
 */
export function printRateHeaders(applied: readonly Applied[]): string[] {
  const policies = applied.map(([limit]) => describe(limit).policy).join(', ')
  const states = applied.map(([limit, { remaining, nextMs }]) => {
    return `${describe(limit).name};r=${remaining};t=${wholeSeconds(nextMs)}`
  })
  return ['ratelimit-policy', policies, 'ratelimit', states.join(', ')]
}

/** As many seconds as it takes at least; what is less than a microsecond comes of counting in fractions. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(Math.round(ms * 1000) / 1_000_000)
}

interface Described {
  /** Quoted. */
  readonly name: string
  readonly policy: string
}

const known = new WeakMap<ToldLimit, Described>()

function describe(limit: ToldLimit): Described {
  let described = known.get(limit)
  if (!described) {
    const name = printString(limit.name)
    const { perSecond, burst } = limit.policy
    const [quota, seconds] = countWhole(perSecond)
    const more = burst > quota ? `;tessera-burst=${burst}` : ''
    described = { name, policy: `${name};q=${quota};w=${seconds}${more}` }
    known.set(limit, described)
  }
  return described
}

/** A String of RFC 9651 (section 3.3.3), which holds printable ASCII only; a name with anything else is percent-encoded. */
function printString(text: string): string {
  const printable = /^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text.toWellFormed())
  return `"${printable.replace(/["\\]/g, '\\$&')}"`
}

const windows = [1, 60, 3600, 86_400]

/** A rate as so many in so many seconds, both whole: exactly where it can be, else a little less than it is. */
function countWhole(perSecond: number): [quota: number, seconds: number] {
  const exact = windows.find((seconds) => isWhole(perSecond * seconds))
  if (exact !== undefined) return [Math.round(perSecond * exact), exact]
  const day = windows.at(-1)!
  return perSecond * day < 1 ? [1, Math.ceil(1 / perSecond)] : [Math.floor(perSecond * day), day]
}

function isWhole(count: number): boolean {
  return count >= 1 && Math.abs(count - Math.round(count)) < 1e-6
}
