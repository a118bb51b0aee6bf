import { GatewayError } from '../../errors.ts'
import { printDuration } from '../../expressions/units.ts'
import type { NewMessage } from '../../streams/stream.ts'
import type { Context } from '../context.ts'

/**
 * Writes a message, in the time that it has and that is left. What is late may be written all the same.
 * @throws GatewayError `timeout`, `unavailable`
 */
export async function emitInTime(
  stream: string,
  message: NewMessage,
  timeoutMs: number,
  { run, scope }: Context,
): Promise<void> {
  const leftMs = Math.min(timeoutMs, run.deadline - run.now())
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const late = () =>
    reject(new GatewayError('timeout', { reason: `${stream} took longer than ${printDuration(leftMs)}` }))
  const timer = run.clock.schedule(Math.max(0, leftMs), late, scope)
  const unsubscribe = scope.onCancel(reject)
  const failed = (thrown: unknown) =>
    reject(new GatewayError('unavailable', { reason: `${stream}: ${(thrown as Error).message}` }))
  try {
    run.emit!(stream, message).then(resolve, failed)
    await promise
  } finally {
    timer.cancel()
    unsubscribe()
  }
}
