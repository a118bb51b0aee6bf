import type { GatewayError } from './errors.ts'

/**
 * What can be cancelled together: a request, one `parallel` of it, one attempt. Cancelling a scope cancels those
 * inside it, never the one around it. An AbortSignal would do the same at twenty times the cost (docs/adr/0005).
 */
export class Scope {
  #reason: GatewayError | undefined
  #listeners: Set<(reason: GatewayError) => void> | undefined
  #leaveParent: (() => void) | undefined

  /** Why it was cancelled; undefined while it was not. */
  get reason(): GatewayError | undefined {
    return this.#reason
  }

  /** Runs `listener` when the scope is cancelled (at once if it already is). Gives a function that unsubscribes. */
  onCancel(listener: (reason: GatewayError) => void): () => void {
    if (this.#reason) {
      listener(this.#reason)
      return () => {}
    }
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return () => void this.#listeners?.delete(listener)
  }

  cancel(reason: GatewayError): void {
    if (this.#reason) return
    this.#reason = reason
    const listeners = this.#listeners
    this.close()
    if (listeners) for (const listener of listeners) listener(reason)
  }

  /** A scope inside this one. Close it when its work is done, so that this one forgets it. */
  child(): Scope {
    const child = new Scope()
    child.#leaveParent = this.onCancel((reason) => child.cancel(reason))
    return child
  }

  close(): void {
    this.#leaveParent?.()
    this.#listeners = undefined
  }

  /** Throws the reason if the scope was cancelled. */
  throwIfCancelled(): void {
    if (this.#reason) throw this.#reason
  }
}
