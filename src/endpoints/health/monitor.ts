import type { Clock } from '../../clock.ts'
import type { Channel } from '../../transports/transport.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Verdict } from '../verdict.ts'
import { HealthCheck } from './checks.ts'
import { Outliers } from './outliers.ts'
import { type CarePolicy, defaultOutlier } from './policy.ts'

export interface HealthMonitorOptions {
  readonly clock: Clock
  /** 0 ≤ x < 1. */
  readonly random: () => number
  readonly policy: CarePolicy
  /** Connections to an endpoint beside those that calls use. */
  readonly openChannel: (endpoint: Endpoint) => Channel
  /** What checks show, as calls do. */
  readonly credentials?: Credentials | undefined
  readonly endpoints: () => readonly Endpoint[]
  readonly onEject: (endpoint: Endpoint, restMs: number) => void
  readonly onBack: (endpoint: Endpoint) => void
  readonly onHealth: (endpoint: Endpoint, isWell: boolean) => void
}

/** Looks after the endpoints of one service: by checks, and by what their calls tell. */
export class HealthMonitor {
  readonly #options: HealthMonitorOptions
  readonly #outliers: Outliers<Endpoint> | undefined
  readonly #checks = new Map<Endpoint, HealthCheck>()

  constructor(options: HealthMonitorOptions) {
    const { clock, policy, endpoints, onEject, onBack } = options
    this.#options = options
    if (!policy.outlier && !policy.failover) return
    this.#outliers = new Outliers({
      clock,
      policy: policy.outlier ?? defaultOutlier,
      failover: policy.failover ?? 'retry',
      isChecked: policy.health !== undefined,
      count: () => {
        const all = endpoints()
        return { all: all.length, resting: all.filter(({ condition }) => condition.restsUntil !== undefined).length }
      },
      onEject: (endpoint, restMs) => {
        this.#checks.get(endpoint)?.beginAnew()
        onEject(endpoint, restMs)
      },
      onBack,
    })
  }

  /** Looks after an endpoint from now on, as it is: what nothing would find out any more is forgotten. */
  add(endpoint: Endpoint): void {
    const { clock, random, policy, openChannel, credentials } = this.#options
    if (this.#outliers) this.#outliers.adopt(endpoint)
    else endpoint.condition.endRest()
    if (!policy.health) {
      endpoint.condition.isWell = true
      return
    }
    this.#checks.set(
      endpoint,
      new HealthCheck({
        clock,
        random,
        policy: policy.health,
        channel: openChannel(endpoint),
        credentials,
        prefix: endpoint.prefix,
        onVerdict: (isWell) => this.#judge(endpoint, isWell),
      }),
    )
  }

  /** Resolves when the connection of its checks is closed. */
  async remove(endpoint: Endpoint): Promise<void> {
    const check = this.#checks.get(endpoint)
    this.#checks.delete(endpoint)
    this.#outliers?.forget(endpoint)
    await check?.close()
  }

  /** A call of the endpoint has ended. True when the endpoint rests from now on because of it. */
  ended(endpoint: Endpoint, verdict: Verdict): boolean {
    return (
      verdict !== 'nothing' && this.#outliers !== undefined && this.#outliers.ended(endpoint, verdict === 'failure')
    )
  }

  #judge(endpoint: Endpoint, isWell: boolean): void {
    const { condition } = endpoint
    if (isWell) this.#outliers?.recovered(endpoint)
    if (isWell === condition.isWell) return
    condition.isWell = isWell
    if (isWell) condition.since = this.#options.clock.now()
    this.#options.onHealth(endpoint, isWell)
    condition.changed()
  }
}
