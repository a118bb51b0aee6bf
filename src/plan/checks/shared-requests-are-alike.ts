import { sharesAnswers } from '../../calls/http-caching/storable.ts'
import { isVarying } from '../../expressions/outside.ts'
import type { StepCall } from '../../steps/step-call.ts'
import { everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import { tracedBehind, traceValues } from '../traced-values.ts'
import type { RouteCheck } from './check.ts'

/**
 * What gives another value to every request, `now()` or `uuid()`, goes into no call whose answers are shared: nobody
 * would ever be given them.
 */
export const sharedRequestsAreAlike: RouteCheck = (route, { diagnostics }) => {
  // What may not be in kept answers, that rule tells.
  if (route.cacheTtlMs !== undefined) return
  const isRead = everyRead(route).some(({ reference }) => reference.kind === 'outside' && isVarying(reference.outside))
  if (!isRead) return
  const traced = traceValues(route, () => false, isVarying)
  for (const step of everyStep(route.body)) {
    if (!step.call || !sharesAnswers(step.call.site)) continue
    for (const read of readsOfCall(step.call)) {
      const name = tracedBehind(read, traced)
      if (name === undefined) continue
      const message = `\`${name}\` differs from request to request, and answers of this call are shared`
      diagnostics.add(
        'unsafe-cache',
        message,
        read.at,
        'take `cache` and `coalesce` back at the step: `cache: false`',
        step.at,
      )
    }
  }
}

/** What is rendered into its request; where a color is taken as it stands, that color. */
function* readsOfCall({ operation, overrides }: StepCall) {
  for (const read of operation.reads) {
    const override = read.reference.kind === 'color' ? overrides.get(read.reference.color) : undefined
    if (!override) yield read
  }
  for (const { color, at } of operation.inputs) {
    const override = overrides.get(color)
    if (override) yield* override.reads
    else yield { reference: { kind: 'color', color, rest: [] }, at, demand: 'tolerated' } as const
  }
}
