import type { Call, CallContext, CallResponse } from '../backends/call.ts'
import { type GatewayError, toGatewayError } from '../errors.ts'
import type { SiteCall } from '../steps/context.ts'
import type { PlannedCall } from '../steps/step.ts'

/** Joins how each call site renders its request with the opened call that sends it. */
export function openCalls(sites: readonly PlannedCall[], calls: readonly Call[]): SiteCall[] {
  return sites.map((site, index) => {
    const call = calls[index]!
    return (context) => {
      let request: ReturnType<PlannedCall['render']>
      try {
        request = site.render(context.document)
      } catch (thrown) {
        return coverUnrendered(site, toGatewayError(thrown), context)
      }
      return call(request, context)
    }
  })
}

/**
 * A request that cannot be rendered (an input is missing) never reaches the backend's own fallback policy. Its
 * handlers cover it here; a last good answer cannot, as it is found by the request.
 */
async function coverUnrendered(site: PlannedCall, error: GatewayError, context: CallContext): Promise<CallResponse> {
  error.step ??= site.step
  for (const entry of site.fallbacks) {
    if (entry.kind !== 'handler') continue
    try {
      return { ...(await entry.run(error, context)), attempts: 0, error }
    } catch {
      if (context.scope.reason) throw context.scope.reason
    }
  }
  throw error
}
