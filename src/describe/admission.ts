import { priorities } from '../admission/policy.ts'
import { printBulkhead, printRate } from '../admission/print.ts'
import type { ServiceTarget } from '../calls/service-target.ts'
import { describeLimit } from '../operations/policies/limit/limit.ts'
import type { RouteAdmission } from '../plan/admission/route.ts'

/** What a service bears, for what is passed through to it: `200 calls at once, 100 wait, fair by user.id`. */
export function describeServiceAdmission({ bulkhead, limit }: Pick<ServiceTarget, 'bulkhead' | 'limit'>): string[] {
  const words: string[] = []
  if (limit) words.push(describeLimit(limit))
  if (bulkhead) words.push(printBulkhead('calls', bulkhead.policy, bulkhead.by))
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
  for (const { scope, policy, plans, by } of limits) {
    const others = [...(plans?.policies ?? [])].map(([plan, rate]) => `${plan} ${printRate(rate, [])}`)
    const more = plans ? `; by ${plans.of}: ${others.join('; ')}` : ''
    words.push(`${scope === 'gateway' ? 'the gateway’s limit: ' : ''}${printRate(policy, by)}${more}`)
  }
  if (bulkhead) words.push(printBulkhead('requests', bulkhead.policy, bulkhead.by))
  return words
}
