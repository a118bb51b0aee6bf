import type { Clock, Timer } from '../../clock.ts'
import { GatewayError } from '../../errors.ts'
import type { BreakerPolicy, CallRequest, CallSite } from '../call.ts'
import { type Layer, type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { BreakerState } from '../metrics.ts'
import type { StackParts } from '../parts.ts'
import { type Verdict, verdictOf } from '../verdict.ts'
import { RollingWindow } from './rolling-window.ts'

/**
 * One circuit breaker, shared by all sites that call the same operation with the same policy. It opens when `errorRate`
 * of at least `minCalls` calls in the window have failed, rests for `openMs`, then lets one probe through: that closes
 * it, or sends it to rest again. After a probe that tells nothing (the client hung up, its time was short) the next
 * call is one.
 *
 * A call that began before a change of state ends without effect, and a breaker that closes begins with an empty
 * window: what failed before the rest does not count against a backend that came back. See docs/adr/0020.
 */
export class Breaker {
  readonly #policy: BreakerPolicy
  readonly #clock: Clock
  readonly #onState: (state: BreakerState) => void
  readonly #window: RollingWindow
  #state: BreakerState = 'closed'
  /** Counts the changes of state. */
  #era = 0
  #isProbing = false
  #rest: Timer | undefined
  #openedAt = 0
  #isShutDown = false

  constructor(policy: BreakerPolicy, clock: Clock, onState: (state: BreakerState) => void) {
    this.#policy = policy
    this.#clock = clock
    this.#onState = onState
    this.#window = new RollingWindow(policy.windowMs, clock.now())
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Whether a call would be refused now. A half-open breaker lets one probe through. */
  get isRefusing(): boolean {
    return this.#state === 'open' || this.#isProbing
  }

  /** Whole seconds until the next probe may pass, at least 1. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.#openedAt + this.#policy.openMs - this.#clock.now()) / 1000))
  }

  run(next: Layer, request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
    if (this.#isShutDown) return next(request, call)
    const era = this.#era
    this.#isProbing = this.#state === 'half-open'
    const answer = next(request, call)
    answer.then(
      () => this.#note(era, 'success', call),
      (thrown: unknown) => this.#note(era, verdictOf(thrown), call),
    )
    return answer
  }

  /** Stops its timer. A call that still comes is let through unguarded. */
  shutdown(): void {
    this.#isShutDown = true
    this.#rest?.cancel()
  }

  #note(era: number, verdict: Verdict, call: OngoingCall): void {
    if (era !== this.#era || this.#isShutDown) return
    if (this.#state === 'half-open') {
      if (verdict === 'success') this.#close()
      else if (verdict === 'failure') this.#open(call)
      else this.#isProbing = false
      return
    }
    if (verdict === 'nothing') return
    this.#window.count(this.#clock.now(), verdict === 'failure')
    const { calls, failures } = this.#window
    const { minCalls, errorRate } = this.#policy
    if (verdict === 'failure' && calls >= minCalls && failures >= errorRate * calls) this.#open(call)
  }

  #open(call: OngoingCall): void {
    this.#openedAt = this.#clock.now()
    this.#rest = this.#clock.schedule(this.#policy.openMs, () => this.#change('half-open'))
    const { span } = call.context
    if (span.sampled) span.event('tessera.breaker', { state: 'open' })
    this.#change('open')
  }

  #close(): void {
    this.#window.clear()
    this.#change('closed')
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#era++
    this.#isProbing = false
    this.#onState(state)
  }
}

/** Refuses calls with `circuit-open` while the backend rests; `verdict.ts` says what counts as its failure. */
export function breaker(site: CallSite, parts: { readonly breaker: Breaker | undefined }): Policy {
  const circuit = parts.breaker
  if (!circuit) return passThrough
  return (next) => (request, call) =>
    circuit.isRefusing ? refuse(circuit, site, call) : circuit.run(next, request, call)
}

/**
 * Before calls wait for their turn: refuses those that the breaker behind the queue would refuse. That one asks again,
 * and lets only one of those through that waited while it was half open.
 */
export function breakerAhead(site: CallSite, { breaker: circuit, rate, bulkhead }: QueueParts): Policy {
  if (!circuit || (!rate && !bulkhead)) return passThrough
  return (next) => (request, call) => (circuit.isRefusing ? refuse(circuit, site, call) : next(request, call))
}

type QueueParts = Pick<StackParts, 'breaker' | 'rate' | 'bulkhead'>

function refuse(circuit: Breaker, { step }: CallSite, { context: { span } }: OngoingCall): Promise<never> {
  if (span.sampled) span.event('tessera.breaker', { state: circuit.state })
  return Promise.reject(new GatewayError('circuit-open', { step, retryAfter: circuit.retryAfterSeconds }))
}
