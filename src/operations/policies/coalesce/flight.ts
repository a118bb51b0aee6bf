import type { CallRequest } from '../../../calls/call.ts'
import { type Layer, type LayerResponse, OngoingCall } from '../../../calls/layer.ts'
import { Scope } from '../../../cancellation.ts'
import type { Clock, Timer } from '../../../clock.ts'
import { GatewayError } from '../../../errors.ts'

/** What a flight came to, for one of those who waited. */
export type Settled = { readonly isOwner: boolean } & (
  | { readonly response: LayerResponse }
  | { readonly thrown: unknown }
)

interface Waiter {
  readonly call: OngoingCall
  readonly settle: (settled: Settled) => void
  readonly forget: () => void
}

/**
 * One call that several wait for. It runs in a scope of its own, and no request's budget cuts it: each who waits leaves
 * at its own deadline, or when its request is cancelled, and takes nobody along. When the last one has left, it is
 * cancelled for that one's reason: a backend that had its time and hung is then known to have timed out. The first of those who are
 * still there when it lands owns the answer: to it the answer is as if it had asked alone.
 */
export class Flight {
  readonly uri: string
  readonly #clock: Clock
  readonly #call: OngoingCall
  readonly #scope = new Scope()
  readonly #waiters = new Set<Waiter>()
  readonly #onEnd: () => void

  /** `onEnd`: nobody can join from now on. */
  constructor(first: OngoingCall, uri: string, longestMs: number, clock: Clock, onEnd: () => void) {
    const { document, budgetMs, span, propagation } = first.context
    this.uri = uri
    this.#clock = clock
    this.#onEnd = onEnd
    this.#call = new OngoingCall({
      document,
      deadline: clock.now() + longestMs,
      budgetMs,
      scope: this.#scope,
      span,
      propagation,
    })
  }

  /** Waits until it lands, or rejects when this call has to leave. */
  join(call: OngoingCall, step: string): Promise<Settled> {
    const { scope, deadline } = call.context
    return new Promise((resolve, reject) => {
      const leave = (reason: GatewayError) => {
        forget()
        reject(reason)
        if (this.#waiters.size === 0) this.#abandon(reason)
      }
      const onTime = () =>
        leave(new GatewayError('timeout', { step, detail: 'no response within the time budget of the request' }))
      const timer: Timer = this.#clock.schedule(deadline - this.#clock.now(), onTime, scope)
      const forget = () => {
        timer.cancel()
        unsubscribe()
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = { call, settle: resolve, forget }
      this.#waiters.add(waiter)
      const unsubscribe = scope.onCancel(leave)
    })
  }

  start(next: Layer, request: CallRequest): void {
    next(request, this.#call).then(
      (response) => this.#settleAll({ response }),
      (thrown: unknown) => this.#settleAll({ thrown }),
    )
  }

  #settleAll(outcome: { readonly response: LayerResponse } | { readonly thrown: unknown }): void {
    this.#onEnd()
    this.#scope.close()
    let isOwner = true
    for (const { call, settle, forget } of [...this.#waiters]) {
      forget()
      if (isOwner) call.attempts += this.#call.attempts
      settle({ ...outcome, isOwner })
      isOwner = false
    }
  }

  #abandon(reason: GatewayError): void {
    this.#onEnd()
    this.#scope.cancel(reason)
  }
}
