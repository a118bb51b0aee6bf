import type { ServiceTarget } from '../backends/call.ts'
import type { Snapshot } from '../plan/snapshot.ts'

/** The services that a snapshot's routes use, each once. */
export function servicesOf({ routes, callSites }: Snapshot): readonly ServiceTarget[] {
  const targets = callSites.map(({ service }): ServiceTarget => service)
  for (const route of routes) if (route.kind === 'passthrough') targets.push(route.service)
  return [...new Map(targets.map((service) => [service.name, service])).values()]
}
