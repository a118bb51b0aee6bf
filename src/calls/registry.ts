import { Admission } from '../admission/admission.ts'
import type { Clock } from '../clock.ts'
import type { Credentials } from '../endpoints/credentials/credentials.ts'
import { openCredentials } from '../endpoints/credentials/open.ts'
import type { CredentialTarget } from '../endpoints/credentials/settings.ts'
import { type DiscoverySource, keyOfSource } from '../endpoints/discovery/discovery.ts'
import type { DiscoveryWatch } from '../endpoints/discovery/discovery-watch.ts'
import { type NameServers, systemNameServers } from '../endpoints/discovery/name-servers.ts'
import { openDiscovery } from '../endpoints/discovery/open.ts'
import { NameLookups } from '../endpoints/discovery/resolvers/name-lookups.ts'
import { resolveBySystem } from '../endpoints/discovery/resolvers/system.ts'
import { uncountedEndpoints } from '../endpoints/metrics.ts'
import { EndpointPool } from '../endpoints/pool.ts'
import { type Endpoint, ServiceEndpoints } from '../endpoints/service-endpoints.ts'
import { Shared } from '../shared.ts'
import { MemoryStore } from '../stores/memory.ts'
import type { PurgeTarget, ResponseStore } from '../stores/store.ts'
import type { Notify } from '../telemetry/notice.ts'
import { transports } from '../transports/index.ts'
import { type ChannelOptions, defaultChannelOptions, type TransportKind } from '../transports/transport.ts'
import type { Call } from './call.ts'
import { Changes } from './http-caching/changes.ts'
import { serviceOf } from './http-caching/request-key.ts'
import { type BackendMetrics, uncounted } from './metrics.ts'
import type { StackParts } from './parts.ts'
import { RetryBudget } from './policies/retry-budget.ts'
import type { CallSite } from './policy.ts'
import { openPolicyStates } from './policy-states.ts'
import type { ServiceTarget } from './service-target.ts'
import { answerUseOf } from './site-policies.ts'
import { Split } from './splits/split.ts'
import { splitCalls } from './splits/split-calls.ts'
import { buildStack } from './stack.ts'

export interface BackendsOptions {
  readonly clock: Clock
  readonly metrics?: BackendMetrics | undefined
  /** 0 ≤ x < 1; Math.random unless a test needs to know. */
  readonly random?: (() => number) | undefined
  readonly transport?: TransportKind | undefined
  readonly channel?: Partial<ChannelOptions> | undefined
  /** Keeps cached and last good answers; in memory, 32 MiB at most, unless given. Closed with the rest. */
  readonly store?: ResponseStore | undefined
  /** Bulkheads and rate limits; closed with the rest. */
  readonly admission?: Admission | undefined
  /** Every address of a host name; the system's resolver unless given. */
  readonly resolve?: ((hostname: string) => Promise<readonly string[]>) | undefined
  /** The machine's unless given. */
  readonly nameServers?: NameServers | undefined
  /** Told what operators should know. */
  readonly notify?: Notify | undefined
  /** Whether requests are recorded. */
  readonly captures?: boolean
}

/** The calls of one snapshot. */
export interface OpenBackends {
  /** In the order of the sites. */
  readonly calls: readonly Call[]
  /** Those used without a site, in their order. */
  readonly services: readonly OpenService[]
  /** To be called once, when the snapshot's last request has ended: what no other snapshot uses is then closed. */
  release(): void
}

/** A service for what is passed through to it. */
export interface OpenService {
  readonly endpoints: ServiceEndpoints
  readonly retryBudget: RetryBudget
}

/**
 * All backends of the process. Endpoints, with their connections and what is known of them, are kept by service and
 * address, what policies share by what they say it belongs to, last good answers by service and operation: so all of them outlive
 * a reload that leaves those equal.
 */
export class Backends {
  readonly #clock: Clock
  readonly #metrics: BackendMetrics
  readonly #random: () => number
  readonly #store: ResponseStore
  readonly #services: Shared<ServiceTarget, OpenService>
  readonly #admission: Admission
  readonly #discoveries: Shared<DiscoverySource, DiscoveryWatch>
  readonly #credentials: Shared<CredentialTarget, Credentials>
  readonly #policyStates: ReturnType<typeof openPolicyStates>
  readonly #splits: Shared<ServiceTarget, Split>
  /** Services that something keeps answers of. */
  readonly #keepers = new Shared(
    (service: string) => service,
    () => true,
    () => {},
  )
  readonly #changes = new Changes()
  readonly #captures: boolean
  readonly #draining = new Set<Promise<void>>()

  constructor(options: BackendsOptions) {
    const { clock, metrics = uncounted, resolve = resolveBySystem, random = Math.random, notify = () => {} } = options
    const { nameServers = systemNameServers, transport = transports.get('http1')! } = options
    const channel = { ...defaultChannelOptions, ...options.channel }
    this.#clock = clock
    this.#metrics = metrics
    this.#random = random
    this.#captures = options.captures ?? false
    this.#store = options.store ?? new MemoryStore(32 * 1024 * 1024, () => clock.epoch())
    this.#admission = options.admission ?? new Admission(clock)
    this.#discoveries = new Shared(
      keyOfSource,
      (source) => openDiscovery(source, { clock, random, nameServers, notify, metrics }),
      (watch) => watch.close(),
    )
    this.#credentials = new Shared(
      ({ key }) => key,
      ({ settings }) => openCredentials(settings, { clock, notify }),
      () => {},
    )
    const show = (target: CredentialTarget) => this.#credentials.acquire(target)
    const discover = (source: DiscoverySource) => this.#discoveries.acquire(source)
    const lookups = new NameLookups({ clock, resolve })
    const pool = new EndpointPool({ transport, channel }, lookups)
    const surroundings = { clock, random, lookups, transport, channel, pool, discover, show, notify }
    this.#services = new Shared(
      (target) => target.key,
      (target) => ({
        endpoints: new ServiceEndpoints(target, {
          ...surroundings,
          metrics: metrics.forEndpoints?.(target.name) ?? uncountedEndpoints,
        }),
        retryBudget: new RetryBudget(clock, target.retryBudget, metrics.forRetryBudget?.(target.name)),
      }),
      ({ endpoints }) => this.#drain(endpoints),
    )
    this.#splits = new Shared(
      (target) => target.key,
      (target) => new Split(target.name, target.split!, { clock, random, notify }),
      () => {},
    )
    this.#policyStates = openPolicyStates({ clock, metrics, notify, changes: this.#changes })
  }

  /**
   * The calls of a snapshot's sites, in their order. `services` are those used without a site (`proxy:`).
   * @throws Error for a balancer that is not in the registry: the plan checks its name before.
   */
  open(sites: readonly CallSite[], services: readonly ServiceTarget[] = []): OpenBackends {
    const releases: (() => void)[] = []
    const hold: Hold = ({ value, release }) => {
      releases.push(release)
      return value
    }
    for (const site of sites) if (answerUseOf(site).keepsAnswers) hold(this.#keepers.acquire(site.service.name))
    return {
      services: services.map((target) => hold(this.#services.acquire(target))),
      calls: sites.map((site) => (site.service.split ? this.#openVersions(site, hold) : this.#openSite(site, hold))),
      release: () => {
        for (const release of releases.splice(0)) release()
      },
    }
  }

  #openSite(site: CallSite, hold: Hold): Call {
    const { endpoints, retryBudget } = hold(this.#services.acquire(site.service))
    const parts: StackParts = {
      clock: this.#clock,
      random: this.#random,
      metrics: this.#metrics.forSite(site),
      store: this.#store,
      changes: this.#changes,
      isKept: () => this.#keepers.get(serviceOf(site)) !== undefined,
      endpoints,
      retryBudget,
      captures: this.#captures,
      ...this.#admission.openService(site.service, hold),
    }
    return buildStack(site, parts, {
      stateOf: (policy) => {
        const key = policy.kind.shared?.key(policy.config, site)
        return key && hold(this.#policyStates.acquire({ policy, key, site })).state
      },
      reach: (target) => hold(this.#services.acquire(target)).endpoints,
    })
  }

  /** An onion for each version, and the choice between them around it. */
  #openVersions(site: CallSite, hold: Hold): Call {
    const { name, split } = site.service
    const calls = split!.versions.map(({ target }) => this.#openSite({ ...site, service: target }, hold))
    const count = this.#metrics.forVersions?.(name) ?? (() => {})
    return splitCalls(split!, calls, { clock: this.#clock, split: hold(this.#splits.acquire(site.service)), count })
  }

  /** Where a service can be reached now; empty when no open snapshot uses it. */
  endpointsOf({ key }: ServiceTarget): readonly Endpoint[] {
    return this.#services.get(key)?.endpoints.all ?? []
  }

  /** The endpoints of a service and those that only end their last calls, for people. */
  endpointsToShow({ key }: ServiceTarget): { readonly endpoints: readonly Endpoint[]; readonly isWatched: boolean } {
    const endpoints = this.#services.get(key)?.endpoints
    return { endpoints: endpoints?.allAndLeaving ?? [], isWatched: endpoints?.isWatched ?? false }
  }

  /** Forgets stored answers; false when the store could not be reached. */
  purge(target: PurgeTarget): Promise<boolean> {
    return this.#store.purge(target)
  }

  /** Closes everything, whether released or not; resolves when the calls under way have ended. */
  async close(): Promise<void> {
    this.#policyStates.clear()
    this.#services.clear()
    this.#discoveries.clear()
    await Promise.all(this.#draining)
    await this.#admission.close()
    await this.#store.close()
  }

  #drain(endpoints: ServiceEndpoints): void {
    const draining = endpoints.close().finally(() => this.#draining.delete(draining))
    this.#draining.add(draining)
  }
}

/** Uses what is shared until the snapshot is released. */
type Hold = <Value>(shared: { value: Value; release: () => void }) => Value
