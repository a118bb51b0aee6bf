import type { Clock } from '../../clock.ts'
import type { RegistryClient, RegistryClientOptions } from '../../transports/registry-client.ts'
import type { EndpointTarget } from '../endpoint-target.ts'
import type { NameServers } from './name-servers.ts'

/** What a `discover:` says: which kind, and that kind's own settings, which are plain data. */
export interface DiscoverySource {
  readonly kind: DiscoveryKind
  readonly settings: object
}

/** Equal for those that look in the same place. */
export function keyOfSource({ kind, settings }: DiscoverySource): string {
  return JSON.stringify([kind.name, settings])
}

/** Where a `discover:` looks, for people: `consul reco at http://127.0.0.1:8500`. */
export function describeDiscovery({ kind, settings }: DiscoverySource): string {
  return `${kind.name} ${kind.describe(settings)}`
}

/** What a kind finds endpoints with. */
export interface Search {
  readonly clock: Clock
  readonly nameServers: NameServers
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal
  /** Close it when you are done with it. */
  connect(options: Omit<RegistryClientOptions, 'signal'>): RegistryClient
  /**
   * The whole list as it is now, of what could be understood. An empty one leaves those known before in use: a service
   * that is gone fails by itself, one that only seems to be gone does not.
   * @param revision of what the registry knows, where it counts its changes, from 1 on. One that is lower after a failure means
   *   that it has lost its data: then endpoints that it does not know any more stay in use for a minute.
   * @param passedOver what was there and is no endpoint, with why: operators are told
   */
  found(endpoints: readonly EndpointTarget[], revision?: number, passedOver?: readonly string[]): void
  /** Resolves after `ms`, or when the search has ended. */
  pause(ms: number): Promise<void>
}

/** Finds the endpoints of a service and stays with them: `discover: { consul: … }`. */
export interface DiscoveryKind<Settings extends object = object> {
  readonly name: string
  readonly summary: string
  /** Of the pauses while it fails; half a minute unless a kind costs nothing to ask. */
  readonly longestPauseMs?: number
  /** Where it looks, in a few words and without credentials: `reco at http://127.0.0.1:8500`. */
  describe(settings: Settings): string
  /**
   * Tells of endpoints by `search.found` as long as it can. It is begun anew at once when it returns, and after a
   * growing pause when it throws.
   */
  follow(settings: Settings, search: Search): Promise<void>
}
