import { type BulkheadPolicy, priorities, type RatePolicy } from '../admission/policy.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import { printDuration } from '../expressions/units.ts'
import type { RouteAdmission } from '../plan/admission/route.ts'

/** What stands before the calls of a service: `200 calls at once, 100 wait, fair by user.id`. */
export function describeServiceAdmission({ bulkhead, limit }: Pick<ServiceTarget, 'bulkhead' | 'limit'>): string[] {
  const words: string[] = []
  if (limit) words.push(`${describeRate(limit.policy, limit.by)}, waits up to ${printDuration(limit.maxWaitMs)}`)
  if (bulkhead) words.push(describeBulkhead('calls', bulkhead.policy, bulkhead.by))
  return words
}

/** What stands before a route: its class, limits and bulkhead. */
export function describeRouteAdmission(admission: RouteAdmission | undefined): string[] {
  if (!admission) return []
  const { priority, priorityOf, limits, bulkhead } = admission
  const words = priorityOf
    ? ['priority by each request']
    : priority === priorities.indexOf('normal')
      ? []
      : [`priority ${priorities[priority]}`]
  for (const { scope, policy, by } of limits) {
    words.push(`${scope === 'gateway' ? 'the gateway’s limit: ' : ''}${describeRate(policy, by)}`)
  }
  if (bulkhead) words.push(describeBulkhead('requests', bulkhead.policy, bulkhead.by))
  return words
}

function describeRate({ perSecond, burst }: RatePolicy, by: readonly string[]): string {
  const [count, unit] =
    perSecond >= 1 ? [perSecond, 's'] : perSecond * 60 >= 1 ? [perSecond * 60, 'm'] : [perSecond * 3600, 'h']
  const apart = by.length > 0 ? ` for each ${by.join(', ')}` : ''
  return `${Math.round(count * 100) / 100}/${unit}, ${burst} at once${apart}`
}

function describeBulkhead(what: string, { concurrent, queue, order }: BulkheadPolicy, by: string | undefined): string {
  const places =
    typeof concurrent === 'number'
      ? `${concurrent} ${what} at once`
      : `${concurrent.min}–${concurrent.max} ${what} at once, by response time`
  if (queue === 0) return places
  return `${places}, ${queue} wait, ${order}${by === undefined ? '' : ` by ${by}`}`
}
