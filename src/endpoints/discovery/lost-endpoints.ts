import type { Clock, Timer } from '../../clock.ts'
import type { EndpointTarget } from '../endpoint-target.ts'

/** Leases and TTL checks are renewed sooner; Consul's agents tell their servers all that they have once a minute. */
const refillMs = 60_000
const lookEveryMs = 1_000

/**
 * The endpoints of a registry that has lost its data, until they had the time to register again: were only those used
 * that are back already, the first one would be called for all. Nobody would say of one that it is gone, so each is
 * looked at every second, and given up when it takes no connection.
 */
export class LostEndpoints {
  readonly #clock: Clock
  readonly #isReachable: (endpoint: EndpointTarget) => Promise<boolean>
  readonly #onFewer: () => void
  readonly #lost = new Map<string, EndpointTarget>()
  #until = 0
  #isLooking = false
  #isClosed = false
  #timer: Timer | undefined

  /** `onFewer` is called when some are given up. */
  constructor(clock: Clock, isReachable: (endpoint: EndpointTarget) => Promise<boolean>, onFewer: () => void) {
    this.#clock = clock
    this.#isReachable = isReachable
    this.#onFewer = onFewer
  }

  /** Holds on to these for a minute. */
  keep(endpoints: readonly EndpointTarget[]): void {
    for (const endpoint of endpoints) this.#lost.set(keyOf(endpoint), endpoint)
    this.#until = this.#clock.now() + refillMs
    if (!this.#isLooking) void this.#look()
  }

  /** What the registry tells, and those that it has not told of since: one that came back and left again is gone. */
  addTo(told: readonly EndpointTarget[]): readonly EndpointTarget[] {
    if (this.#lost.size === 0) return told
    for (const endpoint of told) this.#lost.delete(keyOf(endpoint))
    return [...told, ...this.#lost.values()]
  }

  close(): void {
    this.#isClosed = true
    this.#timer?.cancel()
  }

  async #look(): Promise<void> {
    this.#isLooking = true
    await Promise.all([...this.#lost].map(([key, endpoint]) => this.#lookAt(key, endpoint)))
    if (this.#isClosed) return
    if (this.#clock.now() >= this.#until && this.#lost.size > 0) {
      this.#lost.clear()
      this.#onFewer()
    }
    this.#isLooking = this.#lost.size > 0
    if (this.#isLooking) this.#timer = this.#clock.schedule(lookEveryMs, () => void this.#look())
  }

  async #lookAt(key: string, endpoint: EndpointTarget): Promise<void> {
    if ((await this.#isReachable(endpoint)) || this.#isClosed) return
    if (this.#lost.delete(key)) this.#onFewer()
  }
}

const keyOf = ({ url, address = '' }: EndpointTarget) => `${url} ${address}`
