import type { Clock, Timer } from '../../clock.ts'
import type { EndpointTarget } from '../call.ts'

/** Leases and TTL checks are renewed sooner; Consul's agents tell their servers all that they have once a minute. */
const refillMs = 60_000

/**
 * The endpoints of a registry that has lost its data, until they had the time to register again: were only those used
 * that are back already, the first one would be called for all.
 */
export class LostEndpoints {
  readonly #clock: Clock
  readonly #lost = new Map<string, EndpointTarget>()
  #timer: Timer | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Holds on to these for a minute; `onEnd` is called then. */
  keep(endpoints: readonly EndpointTarget[], onEnd: () => void): void {
    for (const endpoint of endpoints) this.#lost.set(keyOf(endpoint), endpoint)
    this.#timer?.cancel()
    this.#timer = this.#clock.schedule(refillMs, () => {
      this.#lost.clear()
      onEnd()
    })
  }

  /** What the registry tells, and those that it has not told of since: one that came back and left again is gone. */
  addTo(told: readonly EndpointTarget[]): readonly EndpointTarget[] {
    if (this.#lost.size === 0) return told
    for (const endpoint of told) this.#lost.delete(keyOf(endpoint))
    return [...told, ...this.#lost.values()]
  }

  close(): void {
    this.#timer?.cancel()
  }
}

const keyOf = ({ url, address = '' }: EndpointTarget) => `${url} ${address}`
