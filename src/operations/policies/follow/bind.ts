import type { PolicyBinder } from '../../../calls/policy-binding.ts'
import type { ServiceTarget } from '../../../calls/service-target.ts'
import { urlTarget } from '../url-target.ts'
import type { FollowDefinition } from './shape.ts'

/** How many redirects are followed, and where to beside the service itself. */
export interface FollowPolicy {
  readonly max: number
  /** By origin. */
  readonly to: ReadonlyMap<string, ServiceTarget>
}

export function bindFollow(written: FollowDefinition, { service, services }: PolicyBinder): FollowPolicy {
  const { max, to } = typeof written === 'number' ? { max: written, to: [] } : written
  const origins = to.map((text) => new URL(text).origin)
  const budgetHeader = services.get(service)?.budgetHeader
  return { max, to: new Map(origins.map((origin) => [origin, urlTarget(origin, origin, budgetHeader)])) }
}
