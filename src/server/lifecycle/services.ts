import type { ServiceTarget } from '../../calls/service-target.ts'
import { otherReceiversOf } from '../../calls/site-policies.ts'
import type { Snapshot } from '../../plan/snapshot.ts'

/** The services that a snapshot's routes use, each once: of one that is split its versions, and where else their requests go. */
export function servicesOf({ routes, callSites }: Snapshot): readonly ServiceTarget[] {
  const targets = callSites.flatMap((site): ServiceTarget[] => [
    ...(site.service.split ? site.service.split.versions.map(({ target }) => target) : [site.service]),
    ...otherReceiversOf(site).map(({ target }) => target),
  ])
  for (const route of routes) if (route.kind === 'passthrough') targets.push(route.service)
  return [...new Map(targets.map((service) => [service.name, service])).values()]
}
