import type { Clock, Timer } from '../../clock.ts'
import type { Condition } from './condition.ts'
import type { Failover, OutlierPolicy } from './policy.ts'

/** An endpoint as far as its failures concern it. */
export interface Suspect {
  readonly condition: Condition
}

/** However often an endpoint failed, its rest is no longer than so many first ones. */
const mostRests = 30

export interface OutliersOptions<Node extends Suspect> {
  readonly clock: Clock
  readonly policy: OutlierPolicy
  readonly failover: Failover
  /** Whether active checks say when an endpoint is healthy again; otherwise one call finds out. */
  readonly isChecked: boolean
  /** How many endpoints there are and how many of them rest. */
  readonly count: () => { readonly all: number; readonly resting: number }
  readonly onEject: (endpoint: Node, restMs: number) => void
  readonly onBack: (endpoint: Node) => void
}

/** Takes endpoints out whose calls fail one after the other, and lets them come back (as Envoy's outlier detection). */
export class Outliers<Node extends Suspect> {
  readonly #options: OutliersOptions<Node>
  /** Those whose rest ends by itself. */
  readonly #rests = new Map<Node, Timer>()

  constructor(options: OutliersOptions<Node>) {
    this.#options = options
  }

  /** Looks after an endpoint from now on, as it is. */
  adopt(endpoint: Node): void {
    const { restsUntil } = endpoint.condition
    if (restsUntil === undefined) return
    const { clock, policy, failover } = this.#options
    // One that nothing but a check would have brought back has a rest like others where there is none any more.
    if (restsUntil === Number.POSITIVE_INFINITY && failover !== 'stop') this.#rest(endpoint, policy.ejectMs)
    else if (restsUntil !== Number.POSITIVE_INFINITY) this.#rest(endpoint, Math.max(0, restsUntil - clock.now()))
  }

  /** A call of the endpoint has ended. True when it was taken out for it. */
  ended(endpoint: Node, isFailure: boolean): boolean {
    const { condition } = endpoint
    if (!isFailure) {
      condition.failures = 0
      if (condition.isOnTrial) this.#bringBack(endpoint)
      return false
    }
    // What began before the rest tells nothing new.
    if (condition.restsUntil !== undefined) return false
    condition.failures++
    if (!condition.isOnTrial && (condition.failures < this.#options.policy.failures || !this.#mayEject())) return false
    this.#eject(endpoint)
    return true
  }

  /** The active checks have found it well since it was left: that ends a rest which nothing else would. */
  recovered(endpoint: Node): void {
    if (endpoint.condition.restsUntil === Number.POSITIVE_INFINITY) this.#bringBack(endpoint)
  }

  forget(endpoint: Node): void {
    this.#rests.get(endpoint)?.cancel()
    this.#rests.delete(endpoint)
  }

  #mayEject(): boolean {
    const { all, resting } = this.#options.count()
    return resting + 1 <= all * this.#options.policy.maxEjected
  }

  #eject(endpoint: Node): void {
    const { clock, policy, failover, onEject } = this.#options
    const { condition } = endpoint
    const forgiven = Math.floor((clock.now() - condition.backAt) / policy.ejectMs)
    condition.rests = Math.min(mostRests, Math.max(0, condition.rests - forgiven) + 1)
    condition.failures = 0
    condition.isOnTrial = false
    const restMs = failover === 'stop' ? Number.POSITIVE_INFINITY : policy.ejectMs * condition.rests
    if (failover === 'stop') condition.restsUntil = restMs
    else this.#rest(endpoint, restMs)
    onEject(endpoint, restMs)
    condition.changed()
  }

  #rest(endpoint: Node, restMs: number): void {
    const { clock } = this.#options
    const until = clock.now() + restMs
    endpoint.condition.restsUntil = until
    this.#rests.get(endpoint)?.cancel()
    this.#rests.set(
      endpoint,
      clock.schedule(restMs, () => {
        // Who looks after it beside us may have ended the rest, or begun another.
        if (endpoint.condition.restsUntil === until) this.#endRest(endpoint)
      }),
    )
  }

  /** Without checks the next call finds out; with them it comes back as soon as they say so. */
  #endRest(endpoint: Node): void {
    const { condition } = endpoint
    this.#rests.delete(endpoint)
    condition.backAt = this.#options.clock.now()
    condition.restsUntil = undefined
    if (this.#options.isChecked) this.#bringBack(endpoint)
    else {
      condition.isOnTrial = true
      condition.changed()
    }
  }

  #bringBack(endpoint: Node): void {
    const { condition } = endpoint
    const now = this.#options.clock.now()
    condition.endRest()
    condition.since = now
    condition.failures = 0
    condition.backAt = now
    this.#options.onBack(endpoint)
    condition.changed()
  }
}
