import type { CallRequest } from '../../../calls/call.ts'
import type { Layer, LayerResponse, OngoingCall } from '../../../calls/layer.ts'
import type { Clock, Timer } from '../../../clock.ts'
import { type Verdict, verdictOf } from '../../../endpoints/verdict.ts'
import { RollingWindow } from './rolling-window.ts'
import type { BreakerPolicy } from './shape.ts'

export type CircuitState = 'closed' | 'open' | 'half-open'

/**
 * One circuit breaker, shared by all sites that call the same operation with the same policy. It opens when `errorRate`
 * of at least `minCalls` calls in the window have failed, rests for `openMs`, then lets one probe through: that closes
 * it, or sends it to rest again. After a probe that tells nothing (the client hung up, its time was short) the next
 * call is one.
 *
 * A call that began before a change of state ends without effect, and a breaker that closes begins with an empty
 * window: what failed before the rest does not count against a backend that came back. See docs/adr/0020.
 */
export class Circuit {
  readonly #policy: BreakerPolicy
  readonly #clock: Clock
  readonly #onState: (state: CircuitState) => void
  readonly #window: RollingWindow
  #state: CircuitState = 'closed'
  /** Counts the changes of state. */
  #era = 0
  #isProbing = false
  #rest: Timer | undefined
  #openedAt = 0
  #isShutDown = false

  constructor(policy: BreakerPolicy, clock: Clock, onState: (state: CircuitState) => void) {
    this.#policy = policy
    this.#clock = clock
    this.#onState = onState
    this.#window = new RollingWindow(policy.windowMs, clock.now())
  }

  get state(): CircuitState {
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

  #change(state: CircuitState): void {
    this.#state = state
    this.#era++
    this.#isProbing = false
    this.#onState(state)
  }
}
