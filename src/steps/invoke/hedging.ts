import type { HedgePolicy } from '../../backends/call.ts'
import type { Binder } from '../step.ts'
import type { SiteParts } from './site.ts'

/** When a call is sent twice: step, operation, service, the nearest that says so. */
export function resolveHedge(
  { other: { operation, defaults }, policies, place }: Pick<SiteParts, 'other' | 'policies' | 'place'>,
  binder: Binder,
): HedgePolicy | undefined {
  const own = policies.hedge ?? operation.definition.hedge
  // A service's hedge is a default for those of its operations that may be repeated.
  if (operation.idempotent) return (own ?? defaults.hedge) || undefined
  if (!own) return undefined
  const owner = policies.hedge ? place : operation.place
  binder.diagnostics.add(
    'unsafe-hedge',
    `a ${operation.method} that is sent twice may be carried out twice`,
    owner.source.locateKey([...owner.path, 'hedge']),
  )
  return undefined
}
