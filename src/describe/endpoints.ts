import { describeDiscovery } from '../backends/discovery/index.ts'
import type { ServiceInfo } from '../operations/bound-operation.ts'
import { printDuration } from '../values/units.ts'

/**
 * How the endpoints of a service are found, chosen and looked after, a few words each; nothing of what nobody declared:
 * `consul reco at …`, `consistent-hash on user.id`, `health /healthz every 5s`.
 */
export function describeEndpoints({ discover, balance, reads = [], care }: ServiceInfo): readonly string[] {
  const colors = reads.flatMap(({ reference }) => (reference.kind === 'color' ? [reference.color] : []))
  const words: string[] = []
  if (discover) words.push(describeDiscovery(discover))
  if (balance !== 'round-robin') words.push([balance, ...colors.map((color) => `on ${color}`)].join(' '))
  if (!care) return words
  const { health, outlier, failover, slowStartMs, zone } = care
  if (zone !== undefined) words.push(`zone ${zone} first`)
  if (health) words.push(`health ${health.path} every ${printDuration(health.everyMs)}`)
  if (outlier) words.push(`rests after ${outlier.failures} failures for ${printDuration(outlier.ejectMs)}`)
  if (failover) words.push(`failover ${failover}`)
  if (slowStartMs !== undefined) words.push(`slow start ${printDuration(slowStartMs)}`)
  return words
}
