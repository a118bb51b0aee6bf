import { EventEmitter } from 'node:events'
import CircuitBreaker from 'opossum'
import type { Clock, Timer } from '../../clock.ts'
import { GatewayError, toGatewayError } from '../../errors.ts'
import type { BreakerPolicy, CallRequest, CallSite } from '../call.ts'
import { type Layer, type LayerResponse, type OngoingCall, type Policy, passThrough } from '../layer.ts'
import type { BreakerState } from '../metrics.ts'

/** The call to guard, whether it is the probe of a half-open breaker, and its attempts before it. */
type GuardedCall = [next: Layer, request: CallRequest, call: OngoingCall, isProbe: boolean, attemptsBefore: number]

/** Failures of ours or of the client: they tell nothing about the backend. */
const neutral = new Set(['cancelled', 'overloaded', 'missing-input', 'invalid-input', 'internal'])

/** The pieces that the window is counted in: it moves on by a tenth of itself. */
const buckets = 10
/** The longest that Node's timers take (24.8 days). */
const never = 2 ** 31 - 1

/**
 * One circuit breaker, shared by all sites that call the same operation with the same policy. opossum keeps the
 * rolling window and the states. It costs about 0.8 µs a call (Node 26), most of it promises and events. What is done
 * around it:
 * - time is the injected clock's: the window is moved on when a call comes, and the rest ends by a timer of the clock.
 *   opossum's own timer cannot be replaced, so it is set to never, and a half-open breaker is a new one in that state;
 *   its window is empty, so that what failed before the rest does not count against a backend that came back;
 * - calls are refused here while it is open, since opossum would count each refused call in the error rate's
 *   denominator and so be slow to open again after a short recovery;
 * - a probe whose outcome tells nothing (cancelled, refused by our own queue) opens the breaker for another `openMs`:
 *   opossum would take a filtered error for a success and close;
 * - opossum opens above the error rate, the language says at it.
 */
export class Breaker {
  readonly #policy: BreakerPolicy
  readonly #clock: Clock
  readonly #onState: (state: BreakerState) => void
  /** Moves the window on by one bucket. */
  readonly #rotation = new EventEmitter()
  readonly #bucketMs: number
  #bucketBegan: number
  #circuit: CircuitBreaker<GuardedCall, LayerResponse>
  #rest: Timer | undefined
  #openedAt = 0
  #failing: OngoingCall | undefined

  constructor(policy: BreakerPolicy, clock: Clock, onState: (state: BreakerState) => void) {
    this.#policy = policy
    this.#clock = clock
    this.#onState = onState
    this.#bucketMs = Math.max(1, policy.windowMs / buckets)
    this.#bucketBegan = clock.now()
    this.#circuit = this.#create({ closed: true })
  }

  get state(): BreakerState {
    return this.#circuit.opened ? 'open' : this.#circuit.halfOpen ? 'half-open' : 'closed'
  }

  /** Whether a call would be refused now. A half-open breaker lets one probe through. */
  get isRefusing(): boolean {
    return this.#circuit.opened || (this.#circuit.halfOpen && !this.#circuit.pendingClose)
  }

  /** Whole seconds until the next probe may pass, at least 1. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil((this.#openedAt + this.#policy.openMs - this.#clock.now()) / 1000))
  }

  run(next: Layer, request: CallRequest, call: OngoingCall): Promise<LayerResponse> {
    if (this.#circuit.isShutdown) return next(request, call)
    this.#moveWindow()
    return this.#circuit.fire(next, request, call, this.#circuit.halfOpen, call.attempts)
  }

  /** Stops its timers. A call that still comes is let through unguarded. */
  shutdown(): void {
    this.#rest?.cancel()
    this.#circuit.shutdown()
  }

  #create(state: { readonly closed: true } | { readonly closed: false; readonly halfOpen: true }) {
    const { errorRate, minCalls, windowMs } = this.#policy
    const circuit = new CircuitBreaker((...[next, request, call]: GuardedCall) => next(request, call), {
      timeout: false,
      errorThresholdPercentage: errorRate * 100 - 1e-6,
      volumeThreshold: minCalls,
      rollingCountTimeout: windowMs,
      rollingCountBuckets: buckets,
      rotateBucketController: this.#rotation,
      resetTimeout: never,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: (error, ...guarded) => this.#isHarmless(toGatewayError(error), ...guarded),
      state,
    })
    circuit.on('open', () => {
      this.#openedAt = this.#clock.now()
      this.#rest = this.#clock.schedule(this.#policy.openMs, () => this.#halfOpen())
      this.#failing?.context.span.event('tessera.breaker', { state: 'open' })
      this.#onState('open')
    })
    circuit.on('close', () => this.#onState('closed'))
    return circuit
  }

  /** Ends the rest. Calls that began before it still end on the old circuit, where they change nothing. */
  #halfOpen(): void {
    this.#circuit.shutdown()
    this.#circuit = this.#create({ closed: false, halfOpen: true })
    this.#onState('half-open')
  }

  #moveWindow(): void {
    const now = this.#clock.now()
    const passed = Math.floor((now - this.#bucketBegan) / this.#bucketMs)
    if (passed < 1) return
    this.#bucketBegan += passed * this.#bucketMs
    for (let bucket = 0; bucket < Math.min(passed, buckets); bucket++) this.#rotation.emit('rotate')
  }

  #isHarmless(error: GatewayError, ...[, , call, isProbe, attemptsBefore]: GuardedCall): boolean {
    if (call.attempts === attemptsBefore || neutral.has(error.code)) {
      if (isProbe && this.#circuit.halfOpen) this.#circuit.open()
      return true
    }
    this.#moveWindow()
    const status = error.response?.status
    const isHarmless = status !== undefined && status >= 300 && status < 500 && status !== 408 && status !== 429
    if (!isHarmless) this.#failing = call
    return isHarmless
  }
}

/**
 * Refuses calls with `circuit-open` while the backend rests. What counts as its failure: timeout, unavailable,
 * invalid-response, statuses from 500 on, 408 and 429; other statuses below 500 are answers like any other.
 */
export function breaker(site: CallSite, parts: { readonly breaker: Breaker | undefined }): Policy {
  const circuit = parts.breaker
  if (!circuit) return passThrough
  return (next) => (request, call) => {
    if (!circuit.isRefusing) return circuit.run(next, request, call)
    const { span } = call.context
    if (span.sampled) span.event('tessera.breaker', { state: circuit.state })
    return Promise.reject(new GatewayError('circuit-open', { step: site.step, retryAfter: circuit.retryAfterSeconds }))
  }
}
