import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/** A step that may take longer than its whole route has a timeout that never comes to pass. */
export const stepTimeoutFitsRoute: RouteCheck = (route, { diagnostics }) => {
  for (const step of everyStep(route.body)) {
    const own = step.call?.ownTimeout
    if (!own || own.ms <= route.timeoutMs) continue
    diagnostics.add(
      'timeout-over-budget',
      `this timeout of ${own.ms} ms is over the route’s ${route.timeoutMs} ms`,
      own.at,
      `shorten it, or give the route more at line ${route.timeoutAt.line}`,
    )
  }
}
