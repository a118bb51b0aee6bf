import type { BackendMetrics } from '../metrics.ts'
import type { DiscoverySource } from './discovery.ts'
import { DiscoveryWatch, type WatchOptions } from './discovery-watch.ts'
import { describeDiscovery, discoveries } from './index.ts'

/**
 * Begins to look endpoints up, and tells the metrics whether the registry answers.
 * @throws Error for a kind that is not in the registry: the plan checks its name before
 */
export function openDiscovery(
  source: DiscoverySource,
  { metrics, ...options }: Omit<WatchOptions, 'onState'> & { readonly metrics: BackendMetrics },
): DiscoveryWatch {
  const kind = discoveries.get(source.kind)
  if (!kind) throw new Error(`no discovery is called ${source.kind}`)
  const name = describeDiscovery(source)
  return new DiscoveryWatch(kind, source, { ...options, onState: (isUp) => metrics.discoveryState?.(name, isUp) })
}
