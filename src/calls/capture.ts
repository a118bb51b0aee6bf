import type { Span } from '../telemetry/span.ts'
import type { CallContext, CallRequest } from './call.ts'
import type { LayerResponse, Policy } from './layer.ts'
import type { CallSite } from './policy.ts'

/** A call as it was sent and what came of it, as it is: nobody but who masks it sees it. */
export interface CapturedCall {
  readonly site: CallSite
  readonly request: CallRequest
  readonly context: CallContext
  response: LayerResponse | undefined
}

/** The span of a request that is recorded, or of a part of it. */
export interface CapturingSpan extends Span {
  capture(call: CapturedCall): void
}

/** Around all policies of a call, inside of its fallbacks: shows it to the recording of its request, where there is one. */
export function capture(site: CallSite): Policy {
  return (next) => (request, call) => {
    const { context } = call
    if (!isCapturing(context.span)) return next(request, call)
    const captured: CapturedCall = { site, request, context, response: undefined }
    context.span.capture(captured)
    return next(request, call).then((response) => {
      captured.response = response
      return response
    })
  }
}

function isCapturing(span: Span): span is CapturingSpan {
  return 'capture' in span
}
