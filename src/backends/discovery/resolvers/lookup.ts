import type { Timer } from '../../../clock.ts'
import type { ResolverKind } from './resolver.ts'

const refreshMs = 30_000

/**
 * Every address a name resolves to is an endpoint of its own. Resolved as the system does (hosts file, search
 * domains), again every 30 seconds. Until the first answer the name itself is the address; when a look-up fails or
 * finds nothing, the last known addresses stay.
 */
export const lookup: ResolverKind = {
  name: 'lookup',
  summary: 'Every address a host name resolves to, looked up again every 30 s',
  accepts: () => true,
  watch({ hostname }, { clock, resolve }, onAddresses) {
    let known = [hostname]
    let isStopped = false
    let timer: Timer | undefined

    const refresh = async () => {
      const found = await resolve(hostname).catch(() => [])
      if (isStopped) return
      const addresses = [...new Set(found)].sort()
      if (addresses.length > 0 && addresses.join() !== known.join()) {
        known = addresses
        onAddresses(known)
      }
      timer = clock.schedule(refreshMs, refresh)
    }

    onAddresses(known)
    refresh()
    return () => {
      isStopped = true
      timer?.cancel()
    }
  },
}
