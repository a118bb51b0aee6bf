import { consul } from './consul.ts'
import type { DiscoveryKind } from './discovery.ts'
import { dns } from './dns.ts'
import { etcd } from './etcd.ts'
import { file } from './file.ts'
import { kubernetes } from './kubernetes.ts'

const kinds: readonly DiscoveryKind[] = [dns, consul, etcd, kubernetes, file]

/** Those that are built in. A new one is one file, one line here and its settings in `config/service/discover.ts`. */
export const discoveries: ReadonlyMap<string, DiscoveryKind> = new Map(kinds.map((kind) => [kind.name, kind]))
