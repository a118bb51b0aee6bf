import type { Scope } from '../cancellation.ts'
import type { Timer } from '../clock.ts'
import type { Notify } from '../telemetry/notice.ts'
import type { BalancerOptions } from './balancers/balancer.ts'
import { Choice } from './balancers/choice.ts'
import { EndpointChanges } from './changes.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { CredentialTarget } from './credentials/settings.ts'
import type { DiscoverySource } from './discovery/discovery.ts'
import type { DiscoveryWatch } from './discovery/discovery-watch.ts'
import { resolvers } from './discovery/resolvers/index.ts'
import type { ResolverOptions } from './discovery/resolvers/resolver.ts'
import { type Endpoint, idOf, type OpenOptions } from './endpoint.ts'
import type { EndpointTarget } from './endpoint-target.ts'
import type { EndpointsTarget } from './endpoints-target.ts'
import { selectCandidates, warmth } from './health/candidates.ts'
import { type EndpointState, endpointStates } from './health/condition.ts'
import type { HealthMonitor } from './health/monitor.ts'
import { openMonitor } from './health/open-monitor.ts'
import { type CarePolicy, noCare } from './health/policy.ts'
import type { EndpointMetrics } from './metrics.ts'
import type { EndpointPool, PooledEndpoints } from './pool.ts'
import type { Verdict } from './verdict.ts'

export type { Endpoint } from './endpoint.ts'

export interface EndpointsOptions extends ResolverOptions, BalancerOptions, OpenOptions {
  /** One for all services that look in the same place. */
  readonly discover: (source: DiscoverySource) => { readonly value: DiscoveryWatch; readonly release: () => void }
  /** One for all services that are shown the same. */
  readonly show: (target: CredentialTarget) => { readonly value: Credentials; readonly release: () => void }
  readonly pool: EndpointPool
  readonly metrics: EndpointMetrics
  readonly notify: Notify
}

/** How often shares are told anew while endpoints start slowly. */
const warmingSteps = 20

/** The endpoints of one service as discovery knows them now, and whose turn it is. */
export class ServiceEndpoints {
  /** Whether the starts and ends of calls have to be told. */
  readonly isWatched: boolean
  readonly care: CarePolicy
  /** What it is shown; undefined where it is shown nothing. */
  readonly credentials: Credentials | undefined
  readonly #options: EndpointsOptions
  readonly #choice: Choice<Endpoint>
  readonly #monitor: HealthMonitor | undefined
  readonly #stops: (() => void)[] = []
  readonly #bySource: (readonly Endpoint[])[] = []
  readonly #pooled: PooledEndpoints
  readonly #closing = new Map<Endpoint, Promise<unknown>>()
  readonly #changes: EndpointChanges
  #all: readonly Endpoint[] = []
  #onTrial: readonly Endpoint[] = []
  #discovery: DiscoveryWatch | undefined
  #warming: Timer | undefined
  #isPanicking = false
  #isClosed = false

  constructor(target: EndpointsTarget, options: EndpointsOptions) {
    const { balance: kind, care = noCare } = target
    this.care = care
    this.#options = options
    this.#changes = new EndpointChanges(target.name, options.notify)
    if (target.wire?.tls?.rejectUnauthorized === false)
      options.notify({
        level: 'warn',
        subject: target.name,
        message: 'nobody looks at its certificate: `verify` is false',
      })
    this.#pooled = options.pool.listFor(target, () => this.#refresh())
    this.#choice = new Choice(kind, options)
    if (target.auth) {
      const { value, release } = options.show(target.auth)
      this.credentials = value
      this.#stops.push(release)
    }
    const { wire } = target
    this.#monitor = openMonitor(
      { care, wire, credentials: this.credentials, endpoints: () => this.#all, changes: this.#changes },
      options,
    )
    this.isWatched = kind.readsLoad || care.outlier !== undefined || care.failover !== undefined
    if (target.discover) this.#follow(target.discover)
    for (const [source, endpoint] of target.endpoints.entries()) this.#resolve(source, endpoint)
  }

  get all(): readonly Endpoint[] {
    return this.#all
  }

  /** All, and those that only end their last calls. */
  get allAndLeaving(): readonly Endpoint[] {
    return [...this.#all, ...this.#closing.keys()]
  }

  /**
   * The endpoint whose turn it is; not `avoid`, if there is another.
   * @param hash of the color that the service balances on
   */
  pick(avoid?: Endpoint, hash?: number): Endpoint | undefined {
    if (this.#onTrial.length > 0) {
      const free = this.#onTrial.find((endpoint) => endpoint.load.inFlight === 0 && endpoint !== avoid)
      if (free) return free
    }
    return this.#choice.pick(avoid, hash)
  }

  /** Resolves when discovery has told of endpoints or cannot; rejects with the scope's reason if that comes first. */
  settle(scope: Scope): Promise<void> {
    return new Promise((resolve, reject) => {
      const unsubscribe = scope.onCancel(reject)
      void Promise.resolve(this.#discovery?.settled).then(() => {
        unsubscribe()
        resolve()
      })
    })
  }

  /** What failed is tried on another endpoint. */
  failedOver(): void {
    this.#options.metrics.failedOver()
  }

  /** A watched call, which was asked at `askedAt`, has ended. True when its endpoint rests from now on because of it. */
  ended(endpoint: Endpoint, askedAt: number, verdict: Verdict): boolean {
    const now = this.#options.clock.now()
    if (verdict === 'nothing') endpoint.load.drop()
    else endpoint.load.end(now, now - askedAt, verdict === 'failure')
    return !endpoint.condition.isDraining && this.#monitor !== undefined && this.#monitor.ended(endpoint, verdict)
  }

  /** These are the endpoints that a source knows of; those known before stay as they are, connections and all. */
  #replace(source: number, targets: readonly (readonly [target: EndpointTarget, address: string])[]): void {
    if (this.#isClosed) return
    const known = this.#bySource[source]
    const before = known ?? []
    const wanted = new Map(targets.map(([target, address]) => [idOf(target.url, address), { target, address }]))
    const after = [...wanted].map(([id, { target, address }]) => {
      const same = before.find((endpoint) => endpoint.id === id)
      if (!same) return this.#open(target, address)
      same.weight = target.weight
      same.zone = target.zone
      return same
    })
    this.#bySource[source] = after
    this.#all = this.#bySource.flat()
    // What was found first is no change.
    if (known) this.#changes.list(before, after)
    for (const endpoint of before) if (!after.includes(endpoint)) this.#leave(endpoint)
    this.#refresh()
  }

  /** Ends discovery, lets what is under way end, closes every connection. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
    this.#isClosed = true
    const endpoints = this.#all
    this.#all = []
    this.#bySource.length = 0
    this.#warming?.cancel()
    for (const endpoint of endpoints) this.#leave(endpoint)
    this.#refresh()
    await Promise.all(this.#closing.values())
  }

  #follow(source: DiscoverySource): void {
    const { value: watch, release } = this.#options.discover(source)
    this.#discovery = watch
    const unsubscribe = watch.subscribe((targets) => {
      this.#replace(
        0,
        targets.map((target) => [target, target.address ?? new URL(target.url).hostname]),
      )
    })
    this.#stops.push(unsubscribe, release)
  }

  #resolve(source: number, target: EndpointTarget): void {
    const url = new URL(target.url)
    const resolver = resolvers.find((candidate) => candidate.accepts(url))!
    const stop = resolver.watch(url, this.#options, (addresses) => {
      this.#replace(
        source,
        addresses.map((address) => [target, address]),
      )
    })
    this.#stops.push(stop)
  }

  #open(target: EndpointTarget, address: string): Endpoint {
    // The first ones have nobody beside them who could carry the load while they warm up.
    const since = this.#all.length === 0 ? Number.NEGATIVE_INFINITY : this.#options.clock.now()
    const endpoint = this.#pooled.take(target, address, since)
    if (this.#monitor) this.#monitor.add(endpoint)
    else endpoint.condition.beWell()
    return endpoint
  }

  /** Lets go of an endpoint, which ends its last calls if no other list has it. */
  #leave(endpoint: Endpoint): void {
    const checksEnded = this.#monitor?.remove(endpoint)
    this.#pooled.leave(endpoint)
    const closing = Promise.all([checksEnded, endpoint.closed]).finally(() => {
      this.#closing.delete(endpoint)
      this.#count()
    })
    this.#closing.set(endpoint, closing)
  }

  /** Who may be asked has changed, or how much. */
  #refresh(): void {
    const { clock } = this.#options
    const { zone, slowStartMs } = this.care
    const now = clock.now()
    const candidates = selectCandidates(this.#all, { zone, slowStartMs, now })
    this.#choice.update(candidates)
    this.#onTrial = this.#all.filter(({ condition }) => condition.isOnTrial && condition.isWell)
    if (candidates.isPanicking !== this.#isPanicking) {
      this.#isPanicking = candidates.isPanicking
      if (!this.#isClosed) this.#changes.panic(this.#isPanicking)
    }
    this.#count()
    if (slowStartMs === undefined || this.#warming || this.#isClosed) return
    if (!this.#all.some(({ condition }) => warmth(now - condition.since, slowStartMs) < 1)) return
    this.#warming = clock.schedule(slowStartMs / warmingSteps, () => {
      this.#warming = undefined
      this.#refresh()
    })
  }

  #count(): void {
    // Another one of that name may have taken its place.
    if (this.#isClosed) return
    const counts = Object.fromEntries(endpointStates.map((state) => [state, 0])) as Record<EndpointState, number>
    for (const { condition } of this.allAndLeaving) counts[condition.state]++
    this.#options.metrics.states(counts)
  }
}
