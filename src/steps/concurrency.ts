import type { Scope } from '../cancellation.ts'
import { GatewayError } from '../errors.ts'
import { type Context, Exit, type Run } from './context.ts'

const siblingFailed = new GatewayError('cancelled', { detail: 'a step beside it failed' })

/**
 * Starts work that fails or succeeds as one: the first failure cancels the rest and is the failure of all. It ends
 * when the last piece has ended, so that nothing writes to the context afterwards.
 */
export class Gathering {
  readonly #context: Context
  readonly scope: Scope
  readonly done: Promise<void>
  #pending = 1
  #failure: unknown
  #failed = false
  #resolve!: () => void
  #reject!: (reason: unknown) => void

  constructor(context: Context) {
    this.#context = context
    this.scope = context.scope.child()
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get failed(): boolean {
    return this.#failed
  }

  /** Runs a piece; `then` follows when it has succeeded. */
  start(run: Run, context: Context, then?: () => void): void {
    this.#pending += 1
    let pending: void | Promise<void>
    try {
      pending = run(context)
    } catch (thrown) {
      this.#fail(thrown)
      this.#end()
      return
    }
    if (!pending) {
      then?.()
      this.#end()
      return
    }
    pending.then(
      () => {
        if (!this.#failed) then?.()
        this.#end()
      },
      (thrown: unknown) => {
        this.#fail(thrown)
        this.#end()
      },
    )
  }

  /** No more pieces will be started from outside. */
  seal(): Promise<void> {
    this.#end()
    return this.done
  }

  #fail(thrown: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#failure = this.#context.scope.reason && !(thrown instanceof Exit) ? this.#context.scope.reason : thrown
    this.scope.cancel(siblingFailed)
  }

  #end(): void {
    this.#pending -= 1
    if (this.#pending > 0) return
    this.scope.close()
    if (this.#failed) this.#reject(this.#failure)
    else this.#resolve()
  }
}
