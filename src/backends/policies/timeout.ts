import { GatewayError } from '../../errors.ts'
import type { CallSite } from '../call.ts'
import type { Policy } from '../layer.ts'
import type { StackParts } from '../parts.ts'

/**
 * Ends one attempt after the site's timeout or at the request's deadline, whichever is first, by cancelling the
 * attempt's scope: the transport closes the socket and rejects with `timeout`. With nothing left of the budget it
 * rejects at once and no backend is asked.
 */
export function timeout(site: CallSite, { clock }: Pick<StackParts, 'clock'>): Policy {
  return (next) => (request, call) => {
    const now = clock.now()
    const leftMs = call.context.deadline - now
    if (leftMs <= 0) {
      return Promise.reject(
        new GatewayError('timeout', { step: site.step, detail: 'the time of the request is used up' }),
      )
    }
    const timeoutMs = Math.min(site.timeoutMs, leftMs)
    const scope = call.context.scope.child()
    call.scope = scope
    call.deadline = now + timeoutMs
    const timer = clock.schedule(timeoutMs, () => {
      scope.cancel(
        new GatewayError('timeout', { step: site.step, detail: `no answer within ${Math.round(timeoutMs)} ms` }),
      )
    })
    const end = () => {
      timer.cancel()
      scope.close()
    }
    const answer = next(request, call)
    answer.then(end, end)
    return answer
  }
}
