import { consul } from './consul.ts'
import type { DiscoveryKind, DiscoverySource } from './discovery.ts'
import { dns } from './dns.ts'
import { etcd } from './etcd.ts'
import { file } from './file.ts'
import { kubernetes } from './kubernetes.ts'

const kinds: readonly DiscoveryKind[] = [dns, consul, etcd, kubernetes, file]

/** A new discovery is one file, one line here and its settings in `config/service/discover.ts`. */
export const discoveries: ReadonlyMap<string, DiscoveryKind> = new Map(kinds.map((kind) => [kind.name, kind]))

/** Where a `discover:` looks, for people: `consul reco at http://127.0.0.1:8500`. */
export function describeDiscovery({ kind, settings }: DiscoverySource): string {
  return `${kind} ${discoveries.get(kind)?.describe(settings) ?? ''}`
}
