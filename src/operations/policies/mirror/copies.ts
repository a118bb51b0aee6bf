import { Scope } from '../../../cancellation.ts'
import { GatewayError } from '../../../errors.ts'

/** The copies under way of one `mirror:`, a bounded number. Each has a scope of its own. */
export class Copies {
  readonly #most: number
  readonly #running = new Set<Scope>()

  constructor(most: number) {
    this.#most = most
  }

  /** Undefined when too many are under way. */
  begin(): Scope | undefined {
    if (this.#running.size >= this.#most) return undefined
    const scope = new Scope()
    this.#running.add(scope)
    return scope
  }

  end(scope: Scope): void {
    this.#running.delete(scope)
    scope.close()
  }

  /** Cancels all that are under way: nobody waits for them. */
  close(): void {
    for (const scope of [...this.#running]) {
      scope.cancel(new GatewayError('cancelled', { detail: 'copies are not waited for' }))
    }
  }
}
