import { describeDiscovery } from '../../endpoints/discovery/discovery.ts'
import type { Snapshot } from '../../plan/snapshot.ts'
import { maskUrl } from '../../redaction.ts'
import { printMatch } from '../../routes/match.ts'
import { servicesOf } from '../lifecycle/services.ts'

/** What runs, without anything that an operator may have to keep secret: no header, no credentials of a URL, no environment. */
export function describeConfig(snapshot: Snapshot) {
  const { version, settings, routes } = snapshot
  const { call: _call, route: _route, ...defaults } = settings.defaults
  return {
    version,
    listen: settings.listen,
    admin: { ...settings.admin.listen, hosts: settings.admin.hosts },
    defaults,
    routes: routes.map((route) => ({
      name: route.name,
      match: printMatch(route.match),
      kind: route.kind,
      summary: route.summary,
      file: route.file,
      timeoutMs: route.timeoutMs,
      ...(route.kind === 'aggregate' ? { steps: route.steps } : { service: route.service.name }),
    })),
    services: servicesOf(snapshot).map(({ name, balance, endpoints, discover, care }) => ({
      name,
      balance: balance.name,
      ...(discover && { discover: describeDiscovery(discover) }),
      ...care,
      endpoints: endpoints.map(({ url, weight, zone }) => ({ url: maskUrl(url), weight, zone })),
    })),
  }
}
