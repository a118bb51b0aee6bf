import type { Backends } from '../../calls/registry.ts'
import type { ServiceTarget } from '../../calls/service-target.ts'

/** Every endpoint of every service in its state now, for people. Load is told only where something measures it. */
export function describeEndpoints(services: readonly ServiceTarget[], backends: Backends, now: number) {
  return {
    services: services.map((service) => {
      const { endpoints, isWatched } = backends.endpointsToShow(service)
      return {
        service: service.name,
        balance: service.balance.name,
        endpoints: endpoints.map(({ url, address, weight, zone, condition, load }) => ({
          url,
          address,
          weight,
          zone,
          state: condition.state,
          ...(condition.restsUntil !== undefined && { restsForMs: restsFor(condition.restsUntil - now) }),
          ...(isWatched && { inFlight: load.inFlight, latencyMs: Math.round(load.latencyMs(now) * 10) / 10 }),
        })),
      }
    }),
  }
}

/** Null: until a check or discovery says that it is well. */
function restsFor(ms: number): number | null {
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : null
}
