import { safeMethods } from '../../calls/methods.ts'
import { everyStep } from '../bound-route.ts'
import { findRequestReads } from '../route-caching.ts'
import type { RouteCheck } from './check.ts'

/**
 * A route whose whole answers are kept changes nothing, neither itself nor by what it calls, and reads nothing of the
 * request that no other request has in common with it.
 */
export const cachedAnswersMayBeShared: RouteCheck = (route, { diagnostics }) => {
  if (route.cacheTtlMs === undefined) return
  const { match, cacheAt } = route
  if (!safeMethods.has(match.method)) {
    diagnostics.add('unsafe-cache', `a ${match.method} is to change something: each is carried out`, cacheAt)
    return
  }
  for (const { call, at } of everyStep(route.body)) {
    const operations = call
      ? [call.operation, ...call.fallbacks.flatMap((fallback) => fallback.call?.operation ?? [])]
      : []
    for (const { method, service, name } of operations) {
      if (safeMethods.has(method)) continue
      const message = `${service.name}.${name} is a ${method}, which an answer from the cache would not carry out`
      diagnostics.add('unsafe-cache', message, at)
    }
  }
  for (const { what, at } of findRequestReads(route).unkeyable) {
    diagnostics.add('uncacheable-route', `the answer depends on ${what}, so it fits one request only`, at)
  }
}
