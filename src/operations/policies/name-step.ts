import type { CallSite } from '../../calls/policy.ts'
import { toGatewayError } from '../../errors.ts'

/** Makes what is refused before a call is sent a failure of its step. */
export function nameStep({ step }: Pick<CallSite, 'step'>): (thrown: unknown) => never {
  return (thrown) => {
    const error = toGatewayError(thrown)
    if (error.code === 'overloaded') error.step ??= step
    throw error
  }
}
