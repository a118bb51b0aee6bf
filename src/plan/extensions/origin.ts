import { printThrown } from '../../definition.ts'
import { GatewayError } from '../../errors.ts'

/** Where a definition came from, as people are told. */
export interface Origin {
  /** ``the operator `$slug` of config/extensions/slug.ts`` */
  readonly label: string
}

/** What was thrown by an extension while a request ran: its own error, or the one that all its faults have. */
export function failureOf({ label }: Origin, thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  return new GatewayError('extension-failed', { reason: `${label} failed: ${printThrown(thrown)}`, cause: thrown })
}

/** Runs what an extension gave; it fails with a GatewayError or not at all. */
export function attempt<Result>(origin: Origin, run: () => Result): Result {
  try {
    return run()
  } catch (thrown) {
    throw failureOf(origin, thrown)
  }
}

/** Nobody waits here for what comes later; what it is rejected with then must not be the process's to deal with. */
export function refusePromise<Result>(result: Result): Result {
  if (!(result instanceof Promise)) return result
  result.catch(() => {})
  throw new Error('it gives a promise, for which nobody waits here')
}
