import type { Lifetimes } from '../../stores/store.ts'
import type { CallResponse } from '../call.ts'
import { type CacheControl, controlOf, isTargeted, mostSeconds } from './cache-control.ts'
import { parseHttpDate } from './http-date.ts'

/** How long answers are kept, and used for equal requests. */
export interface CachePolicy {
  /** How long an answer is fresh when the backend does not say. Undefined: only what the backend says counts. */
  readonly ttlMs: number | undefined
  /** How long after that it is still answered at once, while a newer one is fetched. */
  readonly staleMs: number
  /** How long after that it stands in for a failure. */
  readonly staleIfErrorMs: number
  /** Whether what the backend says of caching is passed over. */
  readonly override: boolean
}

type Headers = CallResponse['headers']

/**
 * What the policy and the backend together say. The backend's lifetime holds over the policy's `ttl` (s-maxage, then
 * max-age, then Expires), less the age that the answer already had; `ttl` counts from here. There is no heuristic
 * freshness. A backend that forbids stale answers is obeyed: no-cache, must-revalidate, proxy-revalidate, and s-maxage
 * unless stale-while-revalidate or stale-if-error stand beside it (RFC 9111 section 4.2.4).
 *
 * @param tookMs how long the answer took to come
 * @param epochMs when it came, since the Unix epoch
 */
export function lifetimesOf(policy: CachePolicy, headers: Headers, tookMs: number, epochMs: number): Lifetimes {
  const { ttlMs = 0, staleMs, staleIfErrorMs, override } = policy
  if (override) return { freshMs: ttlMs, staleMs, staleIfErrorMs }
  const control = controlOf(headers)
  if (control.noCache) return { freshMs: 0, staleMs: 0, staleIfErrorMs: 0 }
  const said = lifetimeSaid(control, headers, epochMs)
  const freshMs = said === undefined ? ttlMs : Math.max(0, said - initialAgeMs(headers, tookMs, epochMs))
  if (control.mustRevalidate) return { freshMs, staleMs: 0, staleIfErrorMs: 0 }
  const own = control.sMaxAge === undefined ? { staleMs, staleIfErrorMs } : { staleMs: 0, staleIfErrorMs: 0 }
  return {
    freshMs,
    staleMs: milliseconds(control.staleWhileRevalidate) ?? own.staleMs,
    staleIfErrorMs: milliseconds(control.staleIfError) ?? own.staleIfErrorMs,
  }
}

/** RFC 9111 section 4.2.1, in milliseconds. */
function lifetimeSaid({ sMaxAge, maxAge }: CacheControl, headers: Headers, epochMs: number): number | undefined {
  const seconds = sMaxAge ?? maxAge
  if (seconds !== undefined) return seconds * 1000
  const { expires } = headers
  if (expires === undefined || isTargeted(headers)) return undefined
  const until = parseHttpDate(String(expires), epochMs)
  // What is no date, `0` above all, has expired.
  return until === undefined ? 0 : Math.max(0, until - (dateOf(headers, epochMs) ?? epochMs))
}

/** RFC 9111 section 4.2.3: how old an answer is when it comes, by its `Age` and by its `Date`. */
function initialAgeMs(headers: Headers, tookMs: number, epochMs: number): number {
  const apparentMs = Math.max(0, epochMs - (dateOf(headers, epochMs) ?? epochMs))
  // A date has whole seconds.
  const skewMs = apparentMs < 1000 ? 0 : apparentMs
  const { age } = headers
  return Math.max(skewMs, age === undefined ? 0 : parseAge(String(age)) * 1000 + tookMs)
}

/** Of several caches on the way the oldest counts, and what is no age may be any: then it is stale. */
function parseAge(text: string): number {
  return Math.max(...text.split(',').map((age) => (/^\s*\d+\s*$/.test(age) ? Number(age) : mostSeconds)))
}

function dateOf({ date }: Headers, epochMs: number): number | undefined {
  return date === undefined ? undefined : parseHttpDate(String(date), epochMs)
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}
