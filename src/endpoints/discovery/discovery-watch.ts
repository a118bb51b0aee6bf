import { Persistence, type PersistenceOptions } from '../../persistence.ts'
import type { Notify } from '../../telemetry/notice.ts'
import { RegistryClient } from '../../transports/registry-client.ts'
import type { EndpointTarget } from '../endpoint-target.ts'
import { type DiscoverySource, describeDiscovery } from './discovery.ts'
import { LostEndpoints } from './lost-endpoints.ts'
import type { NameServers } from './name-servers.ts'
import { takesConnections } from './reachability.ts'

export interface WatchOptions extends PersistenceOptions {
  readonly nameServers: NameServers
  readonly notify: Notify
  /** Whether an endpoint that the registry has forgotten is still there; by a connection to it unless given. */
  readonly isReachable?: (endpoint: EndpointTarget) => Promise<boolean>
  /** Whether what is known is up to date. */
  readonly onState: (isCurrent: boolean) => void
}

const mostTold = 3

type Listener = (endpoints: readonly EndpointTarget[]) => void

/**
 * One `discover:` at work, for every service and snapshot that says the same. A registry that is down leaves the last
 * known endpoints in use; that is told once, and it is asked again after pauses that grow.
 */
export class DiscoveryWatch {
  /** Resolves when endpoints are known, or when it is known that nobody can be asked for them. */
  readonly settled: Promise<void>
  readonly #subject: string
  readonly #options: WatchOptions
  readonly #persistence: Persistence
  readonly #listeners = new Set<Listener>()
  #settle = () => {}
  readonly #lost: LostEndpoints
  #told: readonly EndpointTarget[] = []
  #known: readonly EndpointTarget[] | undefined
  #revision = 0
  #wasEmpty = false
  #toldOf = ''

  constructor(source: DiscoverySource, options: WatchOptions) {
    this.#subject = describeDiscovery(source)
    this.#options = options
    this.#persistence = new Persistence({ ...options, longestPauseMs: source.kind.longestPauseMs })
    this.#lost = new LostEndpoints(options.clock, options.isReachable ?? takesConnections, () => this.#publish())
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    void this.#persistence.keep(
      () => this.#follow(source),
      (reason) => this.#failed(reason),
    )
  }

  /** Tells what is known now, if anything is, and every change. Gives a function that stops. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    if (this.#known) listener(this.#known)
    return () => void this.#listeners.delete(listener)
  }

  close(): void {
    this.#persistence.stop()
    this.#lost.close()
    this.#settle()
  }

  async #follow({ kind, settings }: DiscoverySource): Promise<void> {
    const { clock, nameServers } = this.#options
    const persistence = this.#persistence
    const { signal } = persistence
    await kind.follow(settings, {
      clock,
      nameServers,
      signal,
      connect: (options) => new RegistryClient({ ...options, signal }),
      found: (endpoints, revision, passedOver) => this.#found(endpoints, revision, passedOver),
      pause: (ms) => persistence.pause(ms),
    })
  }

  #found(all: readonly EndpointTarget[], revision = 0, passedOver: readonly string[] = []): void {
    if (this.#persistence.signal.aborted) return
    const hadFailed = this.#persistence.succeeded()
    if (hadFailed) this.#tell('info', 'discovery recovered')
    this.#options.onState(true)
    if (hadFailed && revision > 0 && revision < this.#revision) this.#keepLost()
    this.#revision = revision
    this.#tellOf(passedOver)
    // One of no weight takes no calls.
    const endpoints = all.filter(({ weight }) => weight > 0)
    const isEmpty = endpoints.length === 0
    if (isEmpty && !this.#wasEmpty) this.#tell('warn', 'discovery returned no endpoints: keeping the known ones')
    this.#wasEmpty = isEmpty
    this.#told = endpoints
    this.#publish()
    this.#settle()
  }

  /** Once for each time that it is another list. */
  #tellOf(passedOver: readonly string[]): void {
    const first = passedOver.slice(0, mostTold).join('; ')
    const more = passedOver.length - mostTold
    const reason = more > 0 ? `${first}; and ${more} more` : first
    if (reason !== '' && reason !== this.#toldOf)
      this.#tell('warn', 'discovery passed over what is no endpoint', reason)
    this.#toldOf = reason
  }

  #keepLost(): void {
    if (!this.#known) return
    const message = 'the registry has lost its data: of the endpoints known those that live stay in use for a minute'
    this.#tell('warn', message)
    this.#lost.keep(this.#known)
  }

  #publish(): void {
    if (this.#told.length === 0) return
    const endpoints = this.#lost.addTo(this.#told)
    this.#known = endpoints
    for (const listener of this.#listeners) listener(endpoints)
  }

  #failed(reason: string): void {
    this.#tell('warn', 'discovery failed: keeping the known endpoints', reason)
    this.#options.onState(false)
    this.#settle()
  }

  #tell(level: 'info' | 'warn', message: string, reason?: string): void {
    this.#options.notify({ level, subject: this.#subject, message, ...(reason !== undefined && { reason }) })
  }
}
