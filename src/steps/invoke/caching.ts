import type { CallSite } from '../../backends/call.ts'
import { safeMethods } from '../../operations/operation.ts'
import type { Binder } from '../step.ts'
import type { SiteParts } from './site.ts'

/** Whether answers of a call are kept and shared: step, operation, service, the nearest that says so. */
export function resolveCaching(
  { other: { operation, defaults }, policies, place }: Pick<SiteParts, 'other' | 'policies' | 'place'>,
  binder: Binder,
): Pick<CallSite, 'cache' | 'coalesce'> {
  const { definition, method } = operation
  if (!safeMethods.has(method)) {
    for (const key of ['cache', 'coalesce'] as const) {
      const owner = policies[key] ? place : definition[key] ? operation.place : undefined
      if (!owner) continue
      const at = owner.source.locateKey([...owner.path, key])
      binder.diagnostics.add('unsafe-cache', `a ${method} is to change something: each is sent`, at)
    }
    // A service's cache is a default for those of its operations that change nothing.
    return { cache: undefined, coalesce: false }
  }
  const cache = (policies.cache ?? definition.cache ?? defaults.cache) || undefined
  const coalesce = policies.coalesce ?? definition.coalesce ?? defaults.coalesce ?? cache !== undefined
  return { cache, coalesce }
}
