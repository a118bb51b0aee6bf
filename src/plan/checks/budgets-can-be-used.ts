import { worstCaseOf } from '../../calls/worst-case.ts'
import { printDuration } from '../../expressions/units.ts'
import { timeout } from '../../operations/policies/timeout/timeout.ts'
import type { StepCall } from '../../steps/step-call.ts'
import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

/** Who gives a route more time than all of its calls may take expects them to have it, which nobody told them. */
export const budgetsCanBeUsed: RouteCheck = (route, { diagnostics }) => {
  const { timeout: said } = route.settings ?? {}
  if (route.durable || said?.origin.by !== 'route' || !said.origin.at) return
  const steps = [...everyStep(route.body)]
  // How often these run, or how long they wait, is another matter.
  if (
    steps.some(({ composition, takes, within }) => composition === 'each' || composition === 'turns' || takes || within)
  )
    return
  const calls = steps.flatMap(({ call }) => call ?? [])
  const untold = calls.find(isUntold)
  const longestMs = calls.reduce((sum, { site }) => sum + worstCaseOf(site).ms, 0)
  if (!untold || longestMs >= route.timeoutMs) return
  const { service, name } = untold.operation
  diagnostics.add(
    'unused-budget',
    `an attempt of \`${service.name}.${name}\` has the built-in ${printDuration(untold.site.timeoutMs)}, whatever the route has`,
    said.origin.at,
    'give the step, its operation or its service a `timeout`, or all by `defaults` of the gateway',
  )
}

function isUntold({ policies }: StepCall): boolean {
  return policies.some(({ kind, origin }) => kind.name === timeout.name && origin.by === 'built-in')
}
