import type { Visitor } from '../../../admission/bulkhead.ts'
import { normalPriority } from '../../../admission/policy.ts'
import { printBulkhead } from '../../../admission/print.ts'
import { waitForSlot } from '../../../admission/slot.ts'
import type { ServiceBulkhead } from '../../../admission/target.ts'
import type { CallRequest } from '../../../calls/call.ts'
import type { Layer, LayerResponse, OngoingCall, Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { isTimedOut, verdictOf } from '../../../endpoints/verdict.ts'
import { bulkheadShape } from '../../admission.ts'
import { nameStep } from '../name-step.ts'

/**
 * Lets so many calls to the service through at once, those of all routes together; the others wait or are shed with
 * `overloaded`. The wait counts against the request's budget, not against the timeout of the attempt, which begins
 * after it.
 */
export const bulkhead = definePolicy({
  name: 'bulkhead',
  on: ['service'],
  shape: bulkheadShape,
  notes:
    'Of all routes together; what `proxy:` passes on to the service counts too. [Overload](../guides/overload.md) tells how places are given out.',
  example: 'bulkhead: { concurrent: 50, queue: 100 }',
  /** The service has it: what is passed through to it takes the same places. */
  bind: (_written, { service, services }) => services.get(service)?.bulkhead,
  holdsUp: true,
  wrap: wrapBulkhead,
  caption: ({ policy, by }) => printBulkhead('calls', policy, by),
})

function wrapBulkhead({ clientOf }: ServiceBulkhead, parts: PolicyParts): Policy | undefined {
  const { clock, site, bulkhead: gate } = parts
  if (!gate) return undefined
  const { priorityOf } = site
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
