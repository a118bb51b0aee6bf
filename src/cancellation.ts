import { GatewayError } from './errors.ts'
import type { Endable } from './faults.ts'

/** What ends when the scope it joined is cancelled. */
export interface Cancellable {
  cancel(reason: GatewayError): void
}

/**
 * What can be cancelled together: a request, one `parallel` of it, one attempt. Cancelling a scope cancels those
 * inside it, never the one around it. An AbortSignal would do the same at twenty times the cost (docs/adr/0005).
 */
export class Scope implements Cancellable, Endable {
  #reason: GatewayError | undefined
  /** Most scopes hold one member at a time, or none. */
  #member: Cancellable | undefined
  #others: Set<Cancellable> | undefined
  readonly #parent: Scope | undefined

  /** A scope inside `parent`. Close it when its work is done, so that the parent forgets it. */
  constructor(parent?: Scope) {
    this.#parent = parent
    parent?.join(this)
  }

  /** Why it was cancelled; undefined while it was not. */
  get reason(): GatewayError | undefined {
    return this.#reason
  }

  /** Cancels `member` when this scope is (at once if it already is), unless it left before. */
  join(member: Cancellable): void {
    if (this.#reason) member.cancel(this.#reason)
    else if (this.#member === undefined) this.#member = member
    else {
      this.#others ??= new Set()
      this.#others.add(member)
    }
  }

  leave(member: Cancellable): void {
    if (this.#member === member) this.#member = undefined
    else this.#others?.delete(member)
  }

  /** Runs `listener` when the scope is cancelled (at once if it already is). Gives a function that unsubscribes. */
  onCancel(listener: (reason: GatewayError) => void): () => void {
    const member = { cancel: listener }
    this.join(member)
    return () => this.leave(member)
  }

  cancel(reason: GatewayError): void {
    if (this.#reason) return
    this.#reason = reason
    const member = this.#member
    const others = this.#others
    this.close()
    member?.cancel(reason)
    if (others) for (const other of others) other.cancel(reason)
  }

  /** It ends with a fault of ours. */
  destroy(): void {
    this.cancel(new GatewayError('internal'))
  }

  child(): Scope {
    return new Scope(this)
  }

  /** Nothing more is cancelled by it or with it. */
  close(): void {
    this.#parent?.leave(this)
    this.#member = undefined
    this.#others = undefined
  }

  /** Throws the reason if the scope was cancelled. */
  throwIfCancelled(): void {
    if (this.#reason) throw this.#reason
  }
}
