import type { Scope } from './cancellation.ts'
import type { Clock } from './clock.ts'

/** Waits, or rejects with the scope's reason as soon as it is cancelled. */
export function pause(delayMs: number, clock: Clock, scope: Scope): Promise<void> {
  return new Promise((resolve, reject) => {
    const onTime = () => {
      unsubscribe()
      resolve()
    }
    const timer = clock.schedule(delayMs, onTime, scope)
    const unsubscribe = scope.onCancel((reason) => {
      timer.cancel()
      reject(reason)
    })
  })
}
