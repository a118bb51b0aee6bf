import type { CallContext, CallRequest } from './call.ts'
import type { Layer, LayerResponse, OngoingCall, Policy } from './layer.ts'
import type { CallSite } from './policy.ts'

/** Through what a durable run makes its calls: each is made no oftener than its record allows. */
export interface CallRecorder {
  /** Makes a call, or gives what was recorded of it. */
  call(site: CallSite, request: CallRequest, call: OngoingCall, send: Layer): Promise<LayerResponse>
  /** Gives a value from outside of the run, the same again when it is asked for after a restart. */
  keep<Value>(place: string, find: () => Promise<Value>): Promise<Value>
}

/** What the context of a call is recorded by. */
export function recorderOf({ recorder }: CallContext): CallRecorder | undefined {
  return recorder as CallRecorder | undefined
}

/** Around all policies of a call, inside of its fallbacks: what they cover is recorded as what it was. */
export function record(site: CallSite): Policy {
  return (next) => (request, call) => {
    const recorder = recorderOf(call.context)
    return recorder ? recorder.call(site, request, call, next) : next(request, call)
  }
}
