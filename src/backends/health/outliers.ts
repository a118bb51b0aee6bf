import type { Clock, Timer } from '../../clock.ts'
import type { Condition } from './condition.ts'
import type { Failover, OutlierPolicy } from './policy.ts'

/** An endpoint as far as its failures concern it. */
export interface Suspect {
  readonly condition: Condition
}

/** What one endpoint's calls told lately. */
interface Conduct {
  /** In a row. */
  failures: number
  /** Rests taken, less one for each time of a first rest without another. */
  rests: number
  /** When the last rest ended. */
  backAt: number
  timer: Timer | undefined
}

/** However often an endpoint failed, its rest is no longer than so many first ones. */
const mostRests = 30

export interface OutliersOptions<Node extends Suspect> {
  readonly clock: Clock
  readonly policy: OutlierPolicy
  readonly failover: Failover
  /** Whether active checks say when an endpoint is well again; otherwise one call finds out. */
  readonly isChecked: boolean
  /** How many endpoints there are and how many of them rest. */
  readonly count: () => { readonly all: number; readonly resting: number }
  /** Who may be asked has changed. */
  readonly onChange: () => void
  readonly onEject: (endpoint: Node, restMs: number) => void
}

/** Takes endpoints out whose calls fail one after the other, and lets them come back (as Envoy's outlier detection). */
export class Outliers<Node extends Suspect> {
  readonly #options: OutliersOptions<Node>
  readonly #records = new Map<Node, Conduct>()

  constructor(options: OutliersOptions<Node>) {
    this.#options = options
  }

  /** A call of the endpoint has ended. True when it was taken out for it. */
  ended(endpoint: Node, isFailure: boolean): boolean {
    const { condition } = endpoint
    if (!isFailure) {
      const record = this.#records.get(endpoint)
      if (record) record.failures = 0
      if (condition.isOnTrial) this.#bringBack(endpoint)
      return false
    }
    // What began before the rest tells nothing new.
    if (condition.restsUntil !== undefined) return false
    const record = this.#recordOf(endpoint)
    record.failures++
    if (!condition.isOnTrial && (record.failures < this.#options.policy.failures || !this.#mayEject())) return false
    this.#eject(endpoint, record)
    return true
  }

  /** The active checks have found it well since it was left: that ends a rest which nothing else would. */
  recovered(endpoint: Node): void {
    if (endpoint.condition.restsUntil === Number.POSITIVE_INFINITY) this.#bringBack(endpoint)
  }

  forget(endpoint: Node): void {
    this.#records.get(endpoint)?.timer?.cancel()
    this.#records.delete(endpoint)
  }

  #recordOf(endpoint: Node): Conduct {
    const found = this.#records.get(endpoint)
    if (found) return found
    const record = { failures: 0, rests: 0, backAt: 0, timer: undefined }
    this.#records.set(endpoint, record)
    return record
  }

  #mayEject(): boolean {
    const { all, resting } = this.#options.count()
    return resting + 1 <= all * this.#options.policy.maxEjected
  }

  #eject(endpoint: Node, record: Conduct): void {
    const { clock, policy, failover, onChange, onEject } = this.#options
    const now = clock.now()
    const forgiven = Math.floor((now - record.backAt) / policy.ejectMs)
    record.rests = Math.min(mostRests, Math.max(0, record.rests - forgiven) + 1)
    record.failures = 0
    const restMs = failover === 'stop' ? Number.POSITIVE_INFINITY : policy.ejectMs * record.rests
    endpoint.condition.restsUntil = now + restMs
    endpoint.condition.isOnTrial = false
    if (failover !== 'stop') record.timer = clock.schedule(restMs, () => this.#endRest(endpoint, record))
    onEject(endpoint, restMs)
    onChange()
  }

  /** Without checks the next call finds out; with them it comes back as soon as they say so. */
  #endRest(endpoint: Node, record: Conduct): void {
    record.backAt = this.#options.clock.now()
    endpoint.condition.restsUntil = undefined
    if (this.#options.isChecked) this.#bringBack(endpoint)
    else {
      endpoint.condition.isOnTrial = true
      this.#options.onChange()
    }
  }

  #bringBack(endpoint: Node): void {
    const now = this.#options.clock.now()
    const { condition } = endpoint
    condition.restsUntil = undefined
    condition.isOnTrial = false
    condition.since = now
    const record = this.#recordOf(endpoint)
    record.failures = 0
    record.backAt = now
    this.#options.onChange()
  }
}
