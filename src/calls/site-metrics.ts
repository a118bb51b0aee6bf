import type { Source } from './call.ts'
import type { EventCounter, MeteredKind } from './policy-events.ts'

/** What is counted of one place that calls. */
export interface SiteMetrics {
  /** One attempt ended: with `status` when the backend answered, with `errorCode` unless it was a success. */
  attempt(status: number | undefined, errorCode: string | undefined, seconds: number): void
  /** Asked once a policy of the site: counts what happens in it. */
  events(kind: MeteredKind): EventCounter
  /** A fallback answered in the backend's place. */
  fallback(source: Source, errorCode: string): void
}

/** Counts nothing. */
export const uncountedSite: SiteMetrics = {
  attempt() {},
  fallback() {},
  events: () => () => {},
}
