/** Classes of requests, the most important first: what does not fit is shed from the end of this list. */
export const priorities = ['critical', 'high', 'normal', 'low'] as const
export type Priority = (typeof priorities)[number]

/** Index in `priorities` of those of which nothing is said. */
export const normalPriority = priorities.indexOf('normal')

/** Index in `priorities` of those that give way first: of whoever makes that his class cannot be told, too. */
export const lowestPriority = priorities.length - 1

/** How many at once, and who waits how. */
export interface BulkheadPolicy {
  /** At once at most; bounds where the number follows response times. */
  readonly concurrent: number | AdaptiveBounds
  /** Places for those who wait; 0: nobody does. */
  readonly queue: number
  /** Name of a kind of queue. */
  readonly order: string
}

export interface AdaptiveBounds {
  readonly min: number
  readonly max: number
}

/** A bucket of `burst` tokens into which `perSecond` flow back. */
export interface RatePolicy {
  readonly perSecond: number
  readonly burst: number
}
