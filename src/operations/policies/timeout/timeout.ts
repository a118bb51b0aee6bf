import { timeSpan } from '../../../binding/scalars.ts'
import type { Policy } from '../../../calls/layer.ts'
import { definePolicy, type PolicyParts } from '../../../calls/policy.ts'
import { GatewayError } from '../../../errors.ts'
import { printDuration } from '../../../expressions/units.ts'

/** A timer that comes later than this was held up: the loop, or the machine, stood still. */
const standstillMs = 10

/**
 * Ends one attempt after the site's timeout or at the request's deadline, whichever is first, by cancelling the
 * attempt's scope: the transport closes the socket and rejects with `timeout`. With nothing left of the budget it
 * rejects at once and no backend is asked. After a standstill (a garbage collection, a paused container) timers come
 * before what arrived meanwhile is read, so an attempt then has until that is read.
 */
export const timeout = definePolicy({
  name: 'timeout',
  on: ['service', 'operation', 'step'],
  shape: timeSpan.describe('Of one attempt.'),
  notes:
    'Without one anywhere it is `defaults.timeout` of the [gateway](gateway.md). An attempt that takes longer fails with `timeout`, and its connection is closed.',
  example: 'timeout: 300ms',
  wrap: wrapTimeout,
  caption: printDuration,
  worst: (ms) => ({ ms, sum: printDuration(ms) }),
})

function wrapTimeout(longestMs: number, { clock, site }: PolicyParts): Policy {
  return (next) => (request, call) => {
    const now = clock.now()
    const leftMs = call.context.deadline - now
    if (leftMs <= 0) {
      return Promise.reject(
        new GatewayError('timeout', { step: site.step, detail: 'the time budget of the request is used up' }),
      )
    }
    const timeoutMs = Math.min(longestMs, leftMs)
    const scope = call.context.scope.child()
    call.scope = scope
    call.deadline = now + timeoutMs
    const expire = () =>
      scope.cancel(
        new GatewayError('timeout', { step: site.step, detail: `no answer within ${Math.round(timeoutMs)} ms` }),
      )
    const owner = call.context.scope
    const onTime = () => {
      if (clock.now() - now - timeoutMs > standstillMs) timer = clock.schedule(0, expire, owner)
      else expire()
    }
    let timer = clock.schedule(timeoutMs, onTime, owner)
    const end = () => {
      timer.cancel()
      scope.close()
    }
    const answer = next(request, call)
    answer.then(end, end)
    return answer
  }
}
