import type { DiscoveryMetrics } from '../metrics.ts'
import { type DiscoverySource, describeDiscovery } from './discovery.ts'
import { DiscoveryWatch, type WatchOptions } from './discovery-watch.ts'

/** Begins to look endpoints up, and tells the metrics whether the registry answers. */
export function openDiscovery(
  source: DiscoverySource,
  { metrics, ...options }: Omit<WatchOptions, 'onState'> & { readonly metrics: DiscoveryMetrics },
): DiscoveryWatch {
  const name = describeDiscovery(source)
  return new DiscoveryWatch(source, { ...options, onState: (isUp) => metrics.discoveryState?.(name, isUp) })
}
