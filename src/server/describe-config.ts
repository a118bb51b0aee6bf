import type { ServiceTarget } from '../backends/call.ts'
import type { Route, Snapshot } from '../plan/snapshot.ts'

/** What runs, without anything that an operator may have to keep secret: no header, no credentials of a URL, no environment. */
export function describeConfig({ version, settings, routes, callSites }: Snapshot) {
  const targets = [...callSites.map(({ service }) => service), ...routes.flatMap(proxied)]
  const services = new Map(targets.map((service) => [service.name, service]))
  return {
    version,
    listen: settings.listen,
    admin: settings.admin.listen,
    defaults: settings.defaults,
    routes: routes.map((route) => ({
      name: route.name,
      match: `${route.match.method} ${route.match.path}`,
      kind: route.kind,
      summary: route.summary,
      file: route.file,
      timeoutMs: route.timeoutMs,
      ...(route.kind === 'aggregate' ? { steps: route.steps } : { service: route.service.name }),
    })),
    services: [...services.values()].map(({ name, balance, endpoints }) => ({
      name,
      balance,
      endpoints: endpoints.map(({ url, weight, zone }) => ({ url: withoutCredentials(url), weight, zone })),
    })),
  }
}

function proxied(route: Route): ServiceTarget[] {
  return route.kind === 'passthrough' ? [route.service] : []
}

function withoutCredentials(text: string): string {
  const url = new URL(text)
  return url.origin + url.pathname
}
