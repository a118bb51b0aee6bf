import type { Clock } from '../../clock.ts'
import type { Wire } from '../../transports/transport.ts'
import type { EndpointChanges } from '../changes.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Endpoint, OpenOptions } from '../endpoint.ts'
import type { EndpointMetrics } from '../metrics.ts'
import { HealthMonitor } from './monitor.ts'
import type { CarePolicy } from './policy.ts'

interface MonitoredService {
  readonly care: CarePolicy
  readonly wire: Wire | undefined
  readonly credentials: Credentials | undefined
  readonly endpoints: () => readonly Endpoint[]
  readonly changes: EndpointChanges
}

interface MonitorParts extends OpenOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly metrics: EndpointMetrics
}

/** Looks after the endpoints of a service where it asks for that, and tells operators what becomes of them. */
export function openMonitor(
  { care: policy, wire, credentials, endpoints, changes }: MonitoredService,
  { clock, random, transport, channel, metrics }: MonitorParts,
): HealthMonitor | undefined {
  if (!policy.health && !policy.outlier && !policy.failover) return undefined
  return new HealthMonitor({
    clock,
    random,
    policy,
    credentials,
    endpoints,
    openChannel: ({ url, address }) => transport.open(new URL(url), address, { ...channel, connections: 1, ...wire }),
    onEject: (endpoint, restMs) => {
      metrics.ejected()
      changes.ejected(endpoint, restMs)
    },
    onBack: (endpoint) => changes.back(endpoint),
    onHealth: (endpoint, isWell) => changes.health(endpoint, isWell),
  })
}
