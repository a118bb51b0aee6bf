import type { Scope } from '../../cancellation.ts'
import type { Clock } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'

/** Who waits, and how long he can. */
export interface Waiting {
  readonly clock: Clock
  /** On `Clock.now()`'s scale. */
  readonly deadline: number
  readonly scope: Scope
}

/** What an extension waits for is not waited for when the time is over (`timeout`), or nobody needs it any more. */
export async function inTime<Result>(pending: Promise<Result>, { clock, deadline, scope }: Waiting): Promise<Result> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const unsubscribe = scope.onCancel(reject)
  const leftMs = Math.max(0, deadline - clock.now())
  const timer = clock.schedule(leftMs, () => reject(new GatewayError('timeout')), scope)
  try {
    return await Promise.race([pending, ended])
  } finally {
    timer.cancel()
    unsubscribe()
  }
}
