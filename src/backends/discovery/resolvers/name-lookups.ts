import type { Clock, Timer } from '../../../clock.ts'
import { Shared } from '../../shared.ts'

const refreshMs = 30_000

export interface NameLookupsOptions {
  readonly clock: Clock
  /** Every address of a host name, in any order. */
  readonly resolve: (hostname: string) => Promise<readonly string[]>
}

type OnAddresses = (addresses: readonly string[]) => void

/**
 * The addresses of host names, each looked up for all who ask for it, again every 30 seconds. Until the first answer the
 * name itself is the address; when a look-up fails or finds nothing, the last known addresses stay.
 */
export class NameLookups {
  readonly #lookups: Shared<string, NameLookup>

  constructor(options: NameLookupsOptions) {
    this.#lookups = new Shared(
      (hostname) => hostname,
      (hostname) => new NameLookup(hostname, options),
      (lookup) => lookup.stop(),
    )
  }

  /** Tells the addresses known now, before it returns, and every change. Gives a function that stops. */
  watch(hostname: string, onAddresses: OnAddresses): () => void {
    const { value: lookup, release } = this.#lookups.acquire(hostname)
    const unsubscribe = lookup.subscribe(onAddresses)
    return () => {
      unsubscribe()
      release()
    }
  }
}

class NameLookup {
  readonly #hostname: string
  readonly #options: NameLookupsOptions
  readonly #listeners = new Set<OnAddresses>()
  #known: readonly string[]
  #isStopped = false
  #timer: Timer | undefined

  constructor(hostname: string, options: NameLookupsOptions) {
    this.#hostname = hostname
    this.#options = options
    this.#known = [hostname]
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

  async #refresh(): Promise<void> {
    const { clock, resolve } = this.#options
    const found = await resolve(this.#hostname).catch(() => [])
    if (this.#isStopped) return
    const addresses = [...new Set(found)].sort()
    if (addresses.length > 0 && addresses.join() !== this.#known.join()) {
      this.#known = addresses
      for (const tell of [...this.#listeners]) tell(addresses)
    }
    this.#timer = clock.schedule(refreshMs, () => void this.#refresh())
  }
}
