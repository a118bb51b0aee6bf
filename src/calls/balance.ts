import { hashValue } from '../endpoints/balancers/hash.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { GatewayError } from '../errors.ts'
import type { SendTo } from './attempt.ts'
import { type FailoverParts, failOver } from './failover.ts'
import type { Layer, OngoingCall } from './layer.ts'
import type { StackParts } from './parts.ts'
import type { CallSite } from './policy.ts'
import { watchAttempts } from './watch-attempts.ts'

type BalanceParts = Pick<StackParts, 'clock'> & FailoverParts

/** Sends each attempt to an endpoint of the service, a second attempt to another one than the first. */
export function balance(site: CallSite, parts: BalanceParts, transport: SendTo): Layer {
  const { endpoints } = parts
  const { spreadBy } = site.service
  const pick = spreadBy
    ? (call: OngoingCall) => endpoints.pick(call.endpoint, hashValue(spreadBy(call.context.document)))
    : (call: OngoingCall) => endpoints.pick(call.endpoint)
  const send = sendWatched(site, parts, pick, transport)
  return (request, call) => {
    let endpoint: Endpoint | undefined
    try {
      endpoint = pick(call)
    } catch (thrown) {
      // A balancer of an extension.
      return Promise.reject(thrown)
    }
    if (!endpoint) return awaitEndpoint(call).then((found) => send(request, call, found))
    call.endpoint = endpoint
    return send(request, call, endpoint)
  }

  /** Until discovery has found some, or could not be asked. */
  async function awaitEndpoint(call: OngoingCall): Promise<Endpoint> {
    await endpoints.settle(call.scope)
    call.scope.throwIfCancelled()
    const endpoint = pick(call)
    if (!endpoint) throw new GatewayError('unavailable', { step: site.step, detail: 'the service has no endpoint' })
    call.endpoint = endpoint
    return endpoint
  }
}

/** What watches and mends is there only where the service asks for it. */
function sendWatched(
  site: CallSite,
  parts: BalanceParts,
  pick: (call: OngoingCall) => Endpoint | undefined,
  transport: SendTo,
): SendTo {
  const { endpoints } = parts
  if (!endpoints.isWatched) return transport
  const watched = watchAttempts(parts, transport)
  if (endpoints.care.failover !== 'fast-retry') return watched
  return failOver(site, parts, pick, watched)
}
