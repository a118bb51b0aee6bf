import type { EndpointTarget } from '../call.ts'
import type { Notify } from '../notice.ts'
import { Persistence, type PersistenceOptions } from '../persistence.ts'
import { RegistryClient } from '../transports/registry-client.ts'
import type { DiscoveryKind, DiscoverySource } from './discovery.ts'
import type { NameServers } from './name-servers.ts'

export interface WatchOptions extends PersistenceOptions {
  readonly nameServers: NameServers
  readonly notify: Notify
  /** Whether what is known is up to date. */
  readonly onState: (isCurrent: boolean) => void
}

type Listener = (endpoints: readonly EndpointTarget[]) => void

/**
 * One `discover:` at work, for every service and snapshot that says the same. A registry that is down leaves the last
 * known endpoints in use; that is told once, and it is asked again after pauses that grow.
 */
export class DiscoveryWatch {
  /** Resolves when endpoints are known, or when it is known that nobody can be asked for them. */
  readonly settled: Promise<void>
  readonly #kind: DiscoveryKind
  readonly #subject: string
  readonly #options: WatchOptions
  readonly #persistence: Persistence
  readonly #listeners = new Set<Listener>()
  #settle = () => {}
  #known: readonly EndpointTarget[] | undefined
  #wasEmpty = false

  constructor(kind: DiscoveryKind, { settings }: DiscoverySource, options: WatchOptions) {
    this.#kind = kind
    this.#subject = `${kind.name} ${kind.describe(settings)}`
    this.#options = options
    this.#persistence = new Persistence({ ...options, longestPauseMs: kind.longestPauseMs })
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
    void this.#persistence.keep(
      () => this.#follow(settings),
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
    this.#settle()
  }

  async #follow(settings: object): Promise<void> {
    const { clock, nameServers } = this.#options
    const persistence = this.#persistence
    const { signal } = persistence
    await this.#kind.follow(settings, {
      clock,
      nameServers,
      signal,
      connect: (options) => new RegistryClient({ ...options, signal }),
      found: (endpoints) => this.#found(endpoints),
      pause: (ms) => persistence.pause(ms),
    })
  }

  #found(endpoints: readonly EndpointTarget[]): void {
    const { notify, onState } = this.#options
    if (this.#persistence.signal.aborted) return
    if (this.#persistence.succeeded()) {
      notify({ level: 'info', subject: this.#subject, message: 'discovery works again' })
    }
    onState(true)
    const isEmpty = endpoints.length === 0
    if (isEmpty && !this.#wasEmpty) {
      notify({ level: 'warn', subject: this.#subject, message: 'discovery found no endpoint: those known stay in use' })
    }
    this.#wasEmpty = isEmpty
    if (!isEmpty) {
      this.#known = endpoints
      for (const listener of this.#listeners) listener(endpoints)
    }
    this.#settle()
  }

  #failed(reason: string): void {
    const message = 'discovery does not work: the endpoints known stay in use'
    this.#options.notify({ level: 'warn', subject: this.#subject, message, reason })
    this.#options.onState(false)
    this.#settle()
  }
}
