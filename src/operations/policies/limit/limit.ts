import { printRate } from '../../../admission/print.ts'
import type { ServiceRate } from '../../../admission/target.ts'
import { takeTurn } from '../../../admission/turn.ts'
import type { Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { printDuration } from '../../../expressions/units.ts'
import { serviceLimitShape } from '../../admission.ts'
import { nameStep } from '../name-step.ts'

/**
 * Sends no more calls to the service than its rate allows. One too many waits, if its turn comes within `wait` and
 * within the request's budget; else it is shed with `overloaded`. It stands before the bulkhead: who waits for a turn
 * holds no place there.
 */
export const limit = definePolicy({
  name: 'limit',
  on: ['service'],
  shape: serviceLimitShape,
  notes:
    'Of all routes together; what `proxy:` passes on to the service counts too. [Overload](../guides/overload.md) tells how it works with bulkheads and limits of clients.',
  example: 'limit: { rate: 100/s, burst: 20 }',
  /** The service has it: what is passed through to it is held to the same. */
  bind: (_written, { service, services }) => services.get(service)?.limit,
  holdsUp: true,
  wrap: wrapLimit,
  caption: describeLimit,
  worst: ({ maxWaitMs }, inner) =>
    maxWaitMs === 0 ? inner : { ms: maxWaitMs + inner.ms, sum: `${printDuration(maxWaitMs)} + ${inner.sum}` },
})

export function describeLimit({ policy, by, maxWaitMs }: ServiceRate): string {
  return `${printRate(policy, by)}, waits up to ${printDuration(maxWaitMs)}`
}

function wrapLimit({ keyOf }: ServiceRate, { clock, site, rate }: PolicyParts): Policy | undefined {
  if (!rate) return undefined
  const fail = nameStep(site)
  return (next) => (request, call) => {
    const { context } = call
    const turn = takeTurn(rate, keyOf?.(context.document) ?? '', context, clock)
    return turn ? turn.then(() => next(request, call), fail) : next(request, call)
  }
}
