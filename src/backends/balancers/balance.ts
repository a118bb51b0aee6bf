import { GatewayError } from '../../errors.ts'
import type { SendTo } from '../attempt.ts'
import type { CallSite } from '../call.ts'
import type { Layer } from '../layer.ts'
import type { StackParts } from '../parts.ts'

/** Sends each attempt to an endpoint of the service, a second attempt to another one than the first. */
export function balance(site: CallSite, { endpoints }: Pick<StackParts, 'endpoints'>, send: SendTo): Layer {
  return (request, call) => {
    const endpoint = endpoints.pick(call.endpoint)
    if (!endpoint) {
      return Promise.reject(new GatewayError('unavailable', { step: site.step, detail: 'the service has no endpoint' }))
    }
    call.endpoint = endpoint
    return send(request, call, endpoint)
  }
}
