import { printDuration } from '../../expressions/units.ts'
import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/** A step that may take longer than its whole route has a timeout that never comes to pass. */
export const stepTimeoutFitsRoute: RouteCheck = (route, { diagnostics }) => {
  const { timeout } = route.settings ?? {}
  const most = route.durable ?? route
  for (const { call, takes, within } of everyStep(route.body)) {
    const own = call?.ownTimeout ?? takes ?? within
    if (!own || own.ms <= most.timeoutMs) continue
    diagnostics.add(
      'timeout-over-budget',
      `${printDuration(own.ms)} ${call ? 'for one attempt' : takes ? 'of waiting' : 'for a part'} is over the ${printDuration(most.timeoutMs)} of the whole route`,
      own.at,
      timeout?.origin.by === 'route'
        ? `shorten it, or give the route more in line ${timeout.origin.at!.line}`
        : 'shorten it, or give the route a `timeout` of its own',
    )
  }
}
