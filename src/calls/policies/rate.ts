import { takeTurn } from '../../admission/turn.ts'
import { type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import type { CallSite } from '../policy.ts'
import { nameStep } from './name-step.ts'

/**
 * Sends no more calls to the service than its rate allows. One too many waits, if its turn comes within `wait` and
 * within the request's budget; else it is shed with `overloaded`. It stands before the bulkhead: who waits for a turn
 * holds no place there.
 */
export function rate(site: CallSite, { clock, rate: limit }: Pick<StackParts, 'clock' | 'rate'>): Policy {
  if (!limit) return passThrough
  const keyOf = site.service.limit?.keyOf
  const fail = nameStep(site)
  return (next) => (request, call) => {
    const { context } = call
    const turn = takeTurn(limit, keyOf?.(context.document) ?? '', context, clock)
    return turn ? turn.then(() => next(request, call), fail) : next(request, call)
  }
}
