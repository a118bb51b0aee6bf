import { sharesAnswers } from '../../calls/http-caching/storable.ts'
import { printOutside } from '../../expressions/outside.ts'
import type { StepCall } from '../../steps/step-call.ts'
import { everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import { tracedBehind, traceValues } from '../traced-values.ts'
import type { RouteCheck } from './check.ts'

/**
 * What gives another value to every request, `now()` or `uuid()`, goes into no call whose answers are shared, and
 * into no route whose answers are kept: nobody would ever be given them, or everybody the time of the first.
 */
export const sharedRequestsAreAlike: RouteCheck = (route, { diagnostics }) => {
  const reads = everyRead(route).filter(({ reference }) => reference.kind === 'outside' && isVarying(reference.outside))
  if (reads.length === 0) return
  if (route.cacheTtlMs !== undefined) {
    for (const { reference, at } of reads) {
      const name = reference.kind === 'outside' ? printOutside(reference.outside) : ''
      const message = `\`${name}\` differs from request to request, and the answers of this route are kept`
      diagnostics.add('uncacheable-route', message, at, 'leave `cache` away, or the function', route.cacheAt)
    }
    return
  }
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

function isVarying({ from }: { readonly from: string }): boolean {
  return from === 'function'
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
