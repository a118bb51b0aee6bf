import type { DiscoveryKind } from './discovery.ts'
import { dns } from './dns.ts'
import { fixed } from './static.ts'

/** The first that accepts a URL serves it. A new discovery is one file and one line here. */
export const discoveries: readonly DiscoveryKind[] = [fixed, dns]
