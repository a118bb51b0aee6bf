import type { Clock, Timer } from '../../../clock.ts'
import { Shared } from '../../../shared.ts'
import { takesConnections } from '../reachability.ts'
import { chooseFamily } from './family.ts'

const refreshMs = 30_000
/** An address that takes no connection has its name looked up again, but no more often than this. */
const hastyRefreshMs = 1000

export interface NameLookupsOptions {
  readonly clock: Clock
  /** Every address of a host name, in any order. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>
}

type OnAddresses = (addresses: readonly string[]) => void

/**
 * The addresses of host names, each looked up for all who ask for it, again every 30 seconds, and at once when an
 * address takes no connection. Until the first answer the name itself is the address; when a look-up fails or finds
 * nothing, the last known addresses stay. Of a name with addresses of both families those of one are told.
 */
export class NameLookups {
  readonly #lookups: Shared<string, NameLookup>

  constructor(options: NameLookupsOptions) {
    this.#lookups = new Shared(
      (origin) => origin,
      (origin) => new NameLookup(origin, options),
      (lookup) => lookup.stop(),
    )
  }

  /** Tells the addresses known now, before it returns, and every change. Gives a function that stops. */
  watch({ origin }: URL, onAddresses: OnAddresses): () => void {
    const { value: lookup, release } = this.#lookups.acquire(origin)
    const unsubscribe = lookup.subscribe(onAddresses)
    return () => {
      unsubscribe()
      release()
    }
  }

  /** An address of this URL's host takes no connection: whoever was there may have moved. */
  lookAgain({ origin }: URL): void {
    this.#lookups.get(origin)?.hurry()
  }
}

class NameLookup {
  /** `http://reco:9004` */
  readonly #origin: string
  readonly #hostname: string
  readonly #options: NameLookupsOptions
  readonly #listeners = new Set<OnAddresses>()
  #known: readonly string[]
  #isStopped = false
  /** Until the next look-up; undefined while one is under way. */
  #timer: Timer | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(origin: string, options: NameLookupsOptions) {
    this.#origin = origin
    this.#hostname = new URL(origin).hostname
    this.#options = options
    this.#known = [this.#hostname]
    void this.#refresh()
  }

  subscribe(onAddresses: OnAddresses): () => void {
    this.#listeners.add(onAddresses)
    onAddresses(this.#known)
    return () => this.#listeners.delete(onAddresses)
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  hurry(): void {
    if (!this.#timer) return
    const sinceMs = this.#options.clock.now() - this.#lookedAt
    this.#timer.cancel()
    this.#wait(Math.max(0, hastyRefreshMs - sinceMs))
  }

  #wait(ms: number): void {
    this.#timer = this.#options.clock.schedule(ms, () => void this.#refresh())
  }

  async #refresh(): Promise<void> {
    const { clock, resolve } = this.#options
    this.#timer = undefined
    this.#lookedAt = clock.now()
    const found = await resolve(this.#hostname).catch(() => [])
    const chosen = await chooseFamily(found, (address) => takesConnections({ url: this.#origin, address }))
    if (this.#isStopped) return
    const addresses = [...new Set(chosen)].sort()
    if (addresses.length > 0 && addresses.join() !== this.#known.join()) {
      this.#known = addresses
      for (const tell of [...this.#listeners]) tell(addresses)
    }
    this.#wait(refreshMs)
  }
}
