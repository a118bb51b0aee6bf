import type { RecordedSite } from '../calls/policy.ts'
import { callsBeside } from '../steps/step-call.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'

/** From now on the calls of a durable route are recorded, each by a name that no other has. */
export function recordCalls({ body }: BoundRoute): void {
  for (const { name, call } of everyStep(body)) {
    if (!call) continue
    const { compensation } = call
    record(call, name)
    for (const beside of callsBeside(call)) {
      if (beside === compensation) record(beside, name, true)
      else record(beside, `${name}~${beside.operation.service.name}.${beside.operation.name}`)
    }
  }
}

type Recordable = Parameters<typeof callsBeside>[0] | ReturnType<typeof callsBeside>[number]

function record({ site, operation: { mayRepeat } }: Recordable, place: string, isCompensation = false): void {
  ;(site as { recorded: RecordedSite }).recorded = { place, mayRepeat, isCompensation }
}
