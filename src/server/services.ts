import type { ServiceTarget } from '../backends/call.ts'
import type { Snapshot } from '../plan/snapshot.ts'

/** The services that a snapshot's routes use, each once: of one that is split its versions, and where copies go. */
export function servicesOf({ routes, callSites }: Snapshot): readonly ServiceTarget[] {
  const targets = callSites.flatMap(({ service, mirror }): ServiceTarget[] => [
    ...(service.split ? service.split.versions.map(({ target }) => target) : [service]),
    ...(mirror ? [mirror.target] : []),
  ])
  for (const route of routes) if (route.kind === 'passthrough') targets.push(route.service)
  return [...new Map(targets.map((service) => [service.name, service])).values()]
}
