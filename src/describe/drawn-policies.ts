import type { CallSite } from '../calls/policy.ts'

/** What a picture says of the policies around a call. */
export function describeDrawnPolicies({ policies }: Pick<CallSite, 'policies'>): string[] {
  return policies.flatMap(({ kind, config }) => kind.drawing?.(config) ?? [])
}
