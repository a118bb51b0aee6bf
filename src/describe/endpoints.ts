import type { RetryBudgetPolicy } from '../calls/policies/retry-budget.ts'
import type { SplitPolicy } from '../calls/service-target.ts'
import { roundRobin } from '../endpoints/balancers/round-robin.ts'
import { describeDiscovery } from '../endpoints/discovery/discovery.ts'
import { printDuration } from '../expressions/units.ts'
import type { ServiceInfo } from '../operations/bound-operation.ts'

/**
 * How the endpoints of a service are found, chosen and looked after, a few words each; nothing of what nobody declared:
 * `consul reco at …`, `consistent-hash on user.id`, `health /healthz every 5s`.
 */
export function describeEndpoints(service: ServiceInfo): readonly string[] {
  const { discover, balance, connections, spreadOn, split, care, retryBudget } = service
  const words = split ? describeSplit(split) : []
  if (discover) words.push(describeDiscovery(discover))
  if (balance !== roundRobin) words.push(spreadOn === undefined ? balance.name : `${balance.name} on ${spreadOn}`)
  if (connections !== undefined) words.push(`${connections} connections an endpoint`)
  if (retryBudget) words.push(describeRetryBudget(retryBudget))
  if (!care) return words
  const { health, outlier, failover, slowStartMs, zone } = care
  if (zone !== undefined) words.push(`zone ${zone} first`)
  if (health) words.push(`health ${health.path} every ${printDuration(health.everyMs)}`)
  if (outlier) words.push(`rests after ${outlier.failures} failures for ${printDuration(outlier.ejectMs)}`)
  if (failover) words.push(`failover ${failover}`)
  if (slowStartMs !== undefined) words.push(`slow start ${printDuration(slowStartMs)}`)
  return words
}

/** `split by weight: stable 90, canary 10`, `canary when …`, `sticky on user.id` */
function describeSplit({ versions, by, rules, sticky }: SplitPolicy): string[] {
  return [
    `split by ${by}: ${versions.map(({ name, weight }) => `${name} ${weight}`).join(', ')}`,
    ...rules.map(({ when, to }) => `${to} when ${when}`),
    ...(sticky ? [`sticky on ${sticky.on}`] : []),
  ]
}

/** `retries up to 20% of calls and 10 a second over 10s` */
function describeRetryBudget({ share, perSecond, windowMs }: RetryBudgetPolicy): string {
  return `retries up to ${Math.round(share * 10_000) / 100}% of calls and ${perSecond} a second over ${printDuration(windowMs)}`
}
