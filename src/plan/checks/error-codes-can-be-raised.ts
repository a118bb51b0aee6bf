import { builtInErrorCodes, isStatusCode } from '../../binding/error-codes.ts'
import { didYouMean } from '../../diagnostics/suggest.ts'
import { everyStep } from '../bound-route.ts'
import type { RouteCheck } from './check.ts'

const raiseBounds = 'leave it out; a route that is meant to be large has `maxWork` and `maxCalls` of its own'

/** What calls fail with where they are recorded. */
const ofDurableRoutes = ['outcome-unknown', 'too-much-state']

/** A catch that waits for an error which nothing raises is a slip of the pen. */
export const errorCodesCanBeRaised: RouteCheck = (route, { diagnostics }) => {
  for (const step of everyStep(route.body)) {
    // What could not be read may have raised anything.
    if (!step.catches || [...everyStep(step.blocks![0]!)].some(({ incomplete }) => incomplete)) continue
    const raised = new Set([...builtInErrorCodes, ...(route.durable ? ofDurableRoutes : [])])
    for (const inner of everyStep(step.blocks![0]!)) {
      for (const code of inner.raises ?? []) raised.add(code)
      for (const code of inner.call?.operation.errorNames.values() ?? []) raised.add(code)
    }
    for (const { code, at } of step.catches) {
      if (raised.has(code) || isStatusCode(code)) continue
      if (code === 'too-much-work') {
        diagnostics.add('unknown-error-code', 'nothing handles `too-much-work`: it ends the request', at, raiseBounds)
        continue
      }
      diagnostics.add('unknown-error-code', `nothing in this try raises \`${code}\``, at, didYouMean(code, raised))
    }
  }
}
