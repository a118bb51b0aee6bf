import { Scope } from '../../../cancellation.ts'
import type { Clock } from '../../../clock.ts'
import { GatewayError } from '../../../errors.ts'

/** At once, in the whole process. */
const mostRefreshes = 64
/** How long an entry is not tried again after its refresh failed. */
const restMs = 1000

/**
 * Renews stale answers behind the back of those who were given them: each entry once at a time, and a bounded number
 * in all. What does not fit is left out; the next one who is given the stale answer tries again.
 */
export class Refreshes {
  readonly #clock: Clock
  readonly #running = new Map<string, Scope>()
  readonly #resting = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins `work` in a scope of its own, unless the entry is being renewed already. */
  start(digest: string, work: (scope: Scope) => Promise<unknown>): void {
    const busy = this.#running.size + this.#resting.size
    if (busy >= mostRefreshes || this.#running.has(digest) || this.#resting.has(digest)) return
    const scope = new Scope()
    this.#running.set(digest, scope)
    work(scope).then(
      () => this.#end(digest),
      () => {
        this.#end(digest)
        this.#rest(digest)
      },
    )
  }

  /** Cancels all that is under way. */
  close(): void {
    for (const scope of this.#running.values()) {
      scope.cancel(new GatewayError('cancelled', { detail: 'the gateway is shutting down' }))
    }
  }

  #end(digest: string): void {
    this.#running.get(digest)?.close()
    this.#running.delete(digest)
  }

  #rest(digest: string): void {
    this.#resting.add(digest)
    this.#clock.schedule(restMs, () => this.#resting.delete(digest))
  }
}
