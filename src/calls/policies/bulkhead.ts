import type { Visitor } from '../../admission/bulkhead.ts'
import { normalPriority } from '../../admission/policy.ts'
import { waitForSlot } from '../../admission/slot.ts'
import { isTimedOut, verdictOf } from '../../endpoints/verdict.ts'
import type { CallRequest } from '../call.ts'
import { type Layer, type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { StackParts } from '../parts.ts'
import type { CallSite } from '../policy.ts'
import { nameStep } from './name-step.ts'

/**
 * Lets so many calls to the service through at once, those of all routes together; the others wait or are shed with
 * `overloaded`. The wait counts against the request's budget, not against the timeout of the attempt, which begins
 * after it.
 */
export function bulkhead(site: CallSite, { clock, bulkhead: gate }: Pick<StackParts, 'clock' | 'bulkhead'>): Policy {
  if (!gate) return passThrough
  const { priorityOf } = site
  const clientOf = site.service.bulkhead?.clientOf
  const fail = nameStep(site)

  function describe({ context }: OngoingCall): Visitor {
    const { document, deadline, scope } = context
    return { deadline, scope, priority: priorityOf?.(document) ?? normalPriority, client: clientOf?.(document) ?? '' }
  }

  return (next) => {
    function run(request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
      const startedAt = clock.now()
      // What it waited for a connection says nothing of the backend.
      const tookMs = () => clock.now() - (call.askedAt ?? startedAt)
      const answer = next(request, call)
      answer.then(
        () => gate!.leave(tookMs()),
        (thrown: unknown) => gate!.leave(isTelling(thrown) ? tookMs() : undefined),
      )
      return answer
    }

    return (request, call) => (gate.tryEnter() ? run(request, call) : queue(run, request, call))
  }

  async function queue(run: Layer, request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
    await waitForSlot(gate!, describe(call), call.context.span).catch(fail)
    return run(request, call)
  }
}

/** What failed quickly would make a backend seem quick; what ran into its timeout took that long at least. */
function isTelling(thrown: unknown): boolean {
  return verdictOf(thrown) === 'success' || isTimedOut(thrown)
}
