import { whyUnkept } from '../whole-answers.ts'
import type { RouteCheck } from './check.ts'

/** A route whose whole answers are kept may have them kept. */
export const cachedAnswersMayBeShared: RouteCheck = (route, { diagnostics }) => {
  const cacheAt = route.settings?.cache?.origin.at
  if (route.cacheTtlMs === undefined || !cacheAt) return
  for (const { code, message, at, help } of whyUnkept(route))
    diagnostics.add(code, message, at ?? cacheAt, help, help === undefined ? undefined : cacheAt)
}
