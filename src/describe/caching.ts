import type { CachePolicy, CallSite } from '../backends/call.ts'
import type { RouteCaching } from '../plan/route-caching.ts'
import { printDuration } from '../values/units.ts'

/** What a cache does with the answers of a call, in a few words. */
export function describeCache({ ttlMs, staleMs, staleIfErrorMs, override }: CachePolicy): string {
  const life = ttlMs === undefined ? 'as long as the backend says' : printDuration(ttlMs)
  const parts = [override || ttlMs === undefined ? life : `${life} unless the backend says`]
  if (staleMs > 0) parts.push(`${printDuration(staleMs)} more while a newer one is fetched`)
  if (staleIfErrorMs > 0) parts.push(`${printDuration(staleIfErrorMs)} more for failures`)
  return parts.join(', ')
}

/** What a picture says of the cache of a call, and of calls that are joined. */
export function describeCaching({ cache, coalesce }: Pick<CallSite, 'cache' | 'coalesce'>): string[] {
  if (cache) return [`cached ${cache.ttlMs === undefined ? 'as the backend says' : printDuration(cache.ttlMs)}`]
  return coalesce ? ['equal calls made once'] : []
}

/** What is kept of a route's whole answers. */
export function describeRouteCaching({ etag, ttlMs, vary }: RouteCaching): string {
  const parts = ttlMs === undefined ? [] : [`whole answers kept ${printDuration(ttlMs)}`]
  if (etag) parts.push('304 by ETag')
  if (vary.length > 0) parts.push(`by ${vary.join(', ')}`)
  return parts.join(', ')
}
