import { ADDRCONFIG } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { Clock } from '../clock.ts'
import type { BreakerPolicy, Call, CallSite, ServiceTarget } from './call.ts'
import { type Endpoint, ServiceEndpoints } from './endpoints.ts'
import { type BackendMetrics, uncounted } from './metrics.ts'
import { Breaker } from './policies/breaker.ts'
import { RetryBudget } from './policies/retry-budget.ts'
import { Shared } from './shared.ts'
import { buildStack } from './stack.ts'
import { stores } from './stores/index.ts'
import type { ResponseStore } from './stores/store.ts'
import { transports } from './transports/index.ts'
import { type ChannelOptions, defaultChannelOptions, type TransportKind } from './transports/transport.ts'

export interface BackendsOptions {
  readonly clock: Clock
  readonly metrics?: BackendMetrics | undefined
  /** 0 ≤ x < 1; Math.random unless a test needs to know. */
  readonly random?: (() => number) | undefined
  readonly transport?: TransportKind | undefined
  readonly channel?: Partial<ChannelOptions> | undefined
  /** Keeps last good answers; in memory, 32 MiB at most, unless given. */
  readonly store?: ResponseStore | undefined
  /** Every address of a host name; the system's resolver unless given. */
  readonly resolve?: ((hostname: string) => Promise<readonly string[]>) | undefined
}

/** The calls of one snapshot. */
export interface OpenBackends {
  /** In the order of the sites. */
  readonly calls: readonly Call[]
  /** To be called once, when the snapshot's last request has ended: what no other snapshot uses is then closed. */
  release(): void
}

interface Service {
  readonly endpoints: ServiceEndpoints
  readonly retryBudget: RetryBudget
}

/**
 * All backends of the process. Connections are kept by `ServiceTarget.key`, breakers by service, operation and
 * policy, last good answers by service and operation: so all of them outlive a reload that leaves those equal.
 */
export class Backends {
  readonly #clock: Clock
  readonly #metrics: BackendMetrics
  readonly #random: () => number
  readonly #store: ResponseStore
  readonly #services: Shared<ServiceTarget, Service>
  readonly #breakers: Shared<BreakerKey, Breaker>
  readonly #draining = new Set<Promise<void>>()

  constructor(options: BackendsOptions) {
    const { clock, metrics = uncounted, resolve = resolveBySystem } = options
    const transport = options.transport ?? transports.get('http1')!
    const channel = { ...defaultChannelOptions, ...options.channel }
    this.#clock = clock
    this.#metrics = metrics
    this.#random = options.random ?? Math.random
    this.#store = options.store ?? stores.get('memory')!.open({ maxBytes: 32 * 1024 * 1024 })
    this.#services = new Shared(
      (target) => target.key,
      (target) => ({
        endpoints: new ServiceEndpoints(target, { clock, resolve, transport, channel }),
        retryBudget: new RetryBudget(clock),
      }),
      ({ endpoints }) => this.#drain(endpoints),
    )
    this.#breakers = new Shared(
      (key) => JSON.stringify(key),
      ([service, operation, policy]) =>
        new Breaker(policy, clock, (state) => metrics.breakerState(service, operation, state)),
      (breaker) => breaker.shutdown(),
    )
  }

  /**
   * The calls of a snapshot's sites, in their order. `services` are those used without a site (`proxy:`).
   * @throws Error for a balancer that is not in the registry: the plan checks its name before.
   */
  open(sites: readonly CallSite[], services: readonly ServiceTarget[] = []): OpenBackends {
    const releases: (() => void)[] = []
    const hold = <Value>({ value, release }: { value: Value; release: () => void }) => {
      releases.push(release)
      return value
    }
    for (const target of services) hold(this.#services.acquire(target))
    const calls = sites.map((site) => {
      const { endpoints, retryBudget } = hold(this.#services.acquire(site.service))
      return buildStack(site, {
        clock: this.#clock,
        random: this.#random,
        metrics: this.#metrics.forSite(site),
        store: this.#store,
        breaker: site.breaker && hold(this.#breakers.acquire([site.service.name, site.operation, site.breaker])),
        endpoints,
        retryBudget,
      })
    })
    return {
      calls,
      release: () => {
        for (const release of releases.splice(0)) release()
      },
    }
  }

  /** Where a service can be reached now; empty when no open snapshot uses it. */
  endpointsOf({ key }: ServiceTarget): readonly Endpoint[] {
    return this.#services.get(key)?.endpoints.all ?? []
  }

  /** The endpoint whose turn it is, for what is passed through; undefined when no open snapshot uses the service. */
  pickEndpoint({ key }: ServiceTarget): Endpoint | undefined {
    return this.#services.get(key)?.endpoints.pick()
  }

  /** Closes everything, whether released or not; resolves when the calls under way have ended. */
  async close(): Promise<void> {
    this.#services.clear()
    this.#breakers.clear()
    await Promise.all(this.#draining)
  }

  #drain(endpoints: ServiceEndpoints): void {
    const draining = endpoints.close().finally(() => this.#draining.delete(draining))
    this.#draining.add(draining)
  }
}

type BreakerKey = readonly [service: string, operation: string, policy: BreakerPolicy]

/** Only the family the system puts first: it sorts what cannot be reached from here to the end (RFC 6724). */
async function resolveBySystem(hostname: string): Promise<readonly string[]> {
  const found = await lookup(hostname, { all: true, hints: ADDRCONFIG })
  return found.filter(({ family }) => family === found[0]?.family).map(({ address }) => address)
}
