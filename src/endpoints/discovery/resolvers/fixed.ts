import { isIP } from 'node:net'
import type { ResolverKind } from './resolver.ts'

/** What needs no look-up: an IP address, or this machine. */
export const fixed: ResolverKind = {
  name: 'static',
  summary: 'An IP address or localhost, as it stands',
  accepts: ({ hostname }) => isIP(hostname) !== 0 || hostname.startsWith('[') || hostname === 'localhost',
  watch(url, _options, onAddresses) {
    onAddresses([url.hostname])
    return () => {}
  },
}
