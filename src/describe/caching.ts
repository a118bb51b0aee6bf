import { printDuration } from '../expressions/units.ts'
import type { RouteCaching } from '../plan/route-caching.ts'

/** What is kept of a route's whole answers. */
export function describeRouteCaching({ etag, ttlMs, vary }: RouteCaching): string {
  const parts = ttlMs === undefined ? [] : [`whole answers kept ${printDuration(ttlMs)}`]
  if (etag) parts.push('304 by ETag')
  if (vary.length > 0) parts.push(`by ${vary.join(', ')}`)
  return parts.join(', ')
}
