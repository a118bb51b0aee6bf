import type { ResolverKind } from './resolver.ts'

/** Every address a name resolves to is an endpoint of its own. Resolved as the system does (hosts file, search domains). */
export const lookup: ResolverKind = {
  name: 'lookup',
  summary: 'Every address a host name resolves to, looked up again every 30 s and when one takes no connection',
  accepts: () => true,
  watch: (url, { lookups }, onAddresses) => lookups.watch(url, onAddresses),
}
