import { toGatewayError } from '../errors.ts'
import type { SendTo } from './attempt.ts'
import type { StackParts } from './parts.ts'

/** Tells a service's balancer and its outlier detection of the start and end of every attempt. */
export function watchAttempts({ endpoints, clock }: Pick<StackParts, 'endpoints' | 'clock'>, send: SendTo): SendTo {
  return (request, call, endpoint) => {
    const startedAt = clock.now()
    endpoint.load.begin()
    return send(request, call, endpoint).then(
      (response) => {
        endpoints.ended(endpoint, call.askedAt ?? startedAt, 'success')
        return response
      },
      (thrown: unknown) => {
        const error = toGatewayError(thrown)
        if (endpoints.ended(endpoint, call.askedAt ?? startedAt, error.verdict)) {
          call.context.span.event('tessera.ejection', { 'server.address': endpoint.address, 'error.type': error.code })
        }
        throw error
      },
    )
  }
}
